#include "health/name_lookup.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include "os/fd.hpp"
#include "os/thread.hpp"

namespace health {

namespace {

constexpr std::size_t stack_size = 512UL * 1024UL;

std::vector<vrrp::IpAddress> addresses_in(const addrinfo* list) {
    std::vector<vrrp::IpAddress> addresses;
    for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
        if (entry->ai_family == AF_INET) {
            sockaddr_in address{};
            std::memcpy(&address, entry->ai_addr, sizeof address);
            addresses.push_back(vrrp::IpAddress::from_bytes(
                vrrp::Family::ipv4, std::as_bytes(std::span(&address.sin_addr, 1))));
        } else if (entry->ai_family == AF_INET6) {
            sockaddr_in6 address{};
            std::memcpy(&address, entry->ai_addr, sizeof address);
            addresses.push_back(vrrp::IpAddress::from_bytes(
                vrrp::Family::ipv6, std::as_bytes(std::span(&address.sin6_addr, 1))));
        }
    }
    return addresses;
}

NameAnswer look_up(const std::string& name) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int code = getaddrinfo(name.c_str(), nullptr, &hints, &list);
    if (code != 0) {
        return std::unexpected(std::string(gai_strerror(code)));
    }
    auto addresses = addresses_in(list);
    freeaddrinfo(list);
    if (addresses.empty()) {
        return std::unexpected("it has no address");
    }
    return addresses;
}

}  // namespace

/// What the loop and the thread share; who leaves it last deletes it.
struct NameLookup::Search {
    std::string name;
    os::Fd end;  ///< readable once there is an answer
    NameAnswer answer;
    std::atomic<bool> has_ended{false};
    std::atomic<int> holders{2};

    void leave() {
        if (holders.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            delete this;
        }
    }

    static void* run(void* self) {
        auto* const search = static_cast<Search*>(self);
        search->answer = look_up(search->name);
        search->has_ended.store(true, std::memory_order_release);
        const std::uint64_t one = 1;
        // Can't fail: the counter is at 0.
        [[maybe_unused]] const ssize_t size = write(search->end.get(), &one, sizeof one);
        search->leave();
        return nullptr;
    }
};

struct NameLookup::Running {
    Search* search;
    os::Source source;

    explicit Running(Search* searching) : search(searching) {}
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running() {
        source = os::Source();
        search->leave();
    }
};

NameLookup::NameLookup(os::Loop& loop) : loop_(loop) {}
NameLookup::~NameLookup() = default;

std::expected<void, os::Error> NameLookup::ask(const std::string& name, OnAnswer on_answer) {
    const bool is_running =
        std::ranges::any_of(running_, [&](const auto& r) { return r->search->name == name; });
    if (!is_running) {
        if (const auto started = start(name); !started) {
            return started;
        }
    }
    name_ = name;
    on_answer_ = std::move(on_answer);
    return {};
}

void NameLookup::forget() {
    on_answer_ = nullptr;
}

std::expected<void, os::Error> NameLookup::start(const std::string& name) {
    const std::string doing = "look up the addresses of " + name;
    if (running_.size() >= max_running) {
        return std::unexpected(os::Error{EBUSY, doing});
    }
    os::Fd end(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!end.is_open()) {
        return std::unexpected(os::last_error(doing));
    }
    auto* const search = new Search{.name = name, .end = std::move(end), .answer = {}};
    auto running = std::make_unique<Running>(search);
    auto source = loop_.watch(
        search->end.get(), EPOLLIN, os::Urgency::checks,
        [this, search](std::uint32_t /*events*/, vrrp::Instant now) { on_end(search, now); });
    int code = source ? 0 : source.error().code;
    if (code == 0) {
        running->source = std::move(*source);
        code = os::start_thread(stack_size, &Search::run, search);
    }
    if (code != 0) {
        search->leave();  // for the thread that there is not
        return std::unexpected(os::Error{code, doing});
    }
    running_.push_back(std::move(running));
    return {};
}

void NameLookup::on_end(const Search* search, vrrp::Instant now) {
    if (!search->has_ended.load(std::memory_order_acquire)) {
        return;
    }
    const auto found =
        std::ranges::find_if(running_, [search](const auto& r) { return r->search == search; });
    const auto ended = std::move(*found);
    running_.erase(found);
    if (on_answer_ && search->name == name_) {
        // The callback may end this look-up, and itself.
        OnAnswer on_answer = std::exchange(on_answer_, nullptr);
        on_answer(search->answer, now);
    }
}

}  // namespace health
