#include "cli/commands.hpp"
#include "config/lint.hpp"
#include "config/load.hpp"
#include "engine/daemon.hpp"
#include "net/link_mirror.hpp"
#include "observe/http_server.hpp"
#include "observe/status_json.hpp"
#include "os/log.hpp"
#include "os/loop.hpp"
#include "os/privilege.hpp"
#include "os/service.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <csignal>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

namespace cli {

namespace {

constexpr int failure = 1;

void print(const config::Diagnostics& diagnostics) {
    for (const config::Diagnostic& diagnostic : diagnostics) {
        fmt::print(stderr, "{}\n", config::to_text(diagnostic));
    }
}

/// Whether we may do what a VRRP daemon does; tells what to do if not.
bool is_privileged() {
    const auto missing = os::missing_capabilities();
    if (missing.empty()) {
        return true;
    }
    fmt::print(stderr,
               "understudy: the daemon lacks {}, which it needs to set addresses and to send VRRP "
               "packets.\n  Run it as root, or give it the capabilities "
               "(systemd: AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW).\n",
               fmt::join(missing, " and "));
    return false;
}

std::optional<config::Config> load(const std::string& path) {
    config::Loaded loaded = config::load(path, os::host_name());
    print(loaded.diagnostics);
    if (!loaded.config) {
        fmt::print(stderr, "understudy: nothing was started: {} has errors\n", path);
        return std::nullopt;
    }
    print(config::lint(*loaded.config, path, net::link_names()));
    return std::move(loaded.config);
}

int fail(const os::Error& error) {
    os::log::error("can't go on", {{"error", error.message()}});
    return failure;
}

/// The daemon, its API and its signals, until it is told to stop.
int serve(const config::Config& config, const std::string& socket_path, os::Loop& loop) {
    auto daemon = engine::Daemon::start(config, loop);
    if (!daemon) {
        return fail(daemon.error());
    }
    auto server = observe::HttpServer::open(
        socket_path, loop, [&daemon] { return observe::status_json((*daemon)->snapshot()); });
    if (!server) {
        return fail(server.error());
    }
    std::vector<os::Source> signals;
    for (const int number : {SIGTERM, SIGINT}) {
        auto source = loop.on_signal(
            number, [&daemon](int /*signal*/, vrrp::Instant now) { (*daemon)->stop(now); });
        if (!source) {
            return fail(source.error());
        }
        signals.push_back(std::move(*source));
    }
    os::notify_ready();
    const auto ended = loop.run();
    if (!ended) {
        return fail(ended.error());
    }
    os::log::info("stopped");
    return *ended;
}

}  // namespace

int run(const std::string& config_path, const std::string& socket_path) {
    const auto config = load(config_path);
    if (!config || !is_privileged()) {
        return failure;
    }
    // A client or a script that closes its end must not end us.
    signal(SIGPIPE, SIG_IGN);
    auto loop = os::Loop::create();
    if (!loop) {
        return fail(loop.error());
    }
    os::log::info("understudy starts", {{"version", UNDERSTUDY_VERSION},
                                        {"host", os::host_name()},
                                        {"config", config_path},
                                        {"routers", std::to_string(config->routers.size())}});
    return serve(*config, socket_path, *loop);
}

}  // namespace cli
