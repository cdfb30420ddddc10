#include "cli/host_view.hpp"

#include "health/process_files.hpp"
#include "net/link_dump.hpp"
#include "net/listeners.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace cli {

namespace {

namespace fs = std::filesystem;

/// A number that is the whole text; 0 where it is none.
template <class Number>
Number to_number(std::string_view text) {
    Number number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return stop == end && error == std::errc{} ? number : 0;
}

/// "socket:[4711]" is 4711; all else is 0.
ino_t socket_inode(std::string_view link) {
    constexpr std::string_view start = "socket:[";
    return link.starts_with(start) && link.ends_with(']')
               ? to_number<ino_t>(link.substr(start.size(), link.size() - start.size() - 1))
               : 0;
}

/// The names of the programs that hold sockets, as far as we may see them.
std::map<ino_t, std::string> holders_of_sockets() {
    std::map<ino_t, std::string> holders;
    std::error_code error;
    for (fs::directory_iterator process(health::process_root, error), end; !error && process != end;
         process.increment(error)) {
        const auto pid = to_number<pid_t>(process->path().filename().string());
        std::error_code hidden;
        for (fs::directory_iterator fd(process->path() / "fd", hidden);
             pid > 0 && !hidden && fd != end; fd.increment(hidden)) {
            std::error_code closed;
            const ino_t inode = socket_inode(fs::read_symlink(fd->path(), closed).string());
            if (!closed && inode != 0) {
                holders.try_emplace(inode, health::process_comm(pid));
            }
        }
    }
    return holders;
}

std::vector<config::LinkView> view_links() {
    std::vector<config::LinkView> links;
    const auto dump = net::dump_links();
    if (!dump) {
        return links;
    }
    for (const net::Link& link : dump->table.links()) {
        config::LinkView view{link.name, {}};
        for (const net::LinkAddress& address : link.addresses) {
            if (!net::is_ours(address, net::keeps_marks())) {
                view.addresses.push_back({address.address, address.prefix_length});
            }
        }
        links.push_back(std::move(view));
    }
    return links;
}

std::vector<config::ListenerView> view_listeners() {
    std::vector<config::ListenerView> listeners;
    const auto sockets = net::dump_listeners();
    if (!sockets || sockets->empty()) {
        return listeners;
    }
    const std::map<ino_t, std::string> holders = holders_of_sockets();
    for (const net::Listener& socket : *sockets) {
        const auto holder = holders.find(socket.inode);
        listeners.push_back({.address = socket.address,
                             .port = socket.port,
                             .program = holder == holders.end() ? "" : holder->second});
    }
    return listeners;
}

}  // namespace

config::HostView view_host(const config::Config& config) {
    const bool needs_listeners =
        std::ranges::any_of(config.routers, [](const config::Router& router) {
            return !router.accepts_traffic && router.protocol.priority != vrrp::owner_priority;
        });
    return {.links = view_links(),
            .listeners = needs_listeners ? view_listeners() : std::vector<config::ListenerView>()};
}

}  // namespace cli
