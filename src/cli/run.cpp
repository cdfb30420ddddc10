#include "cli/commands.hpp"
#include "cli/diagnostics.hpp"
#include "cli/host_view.hpp"
#include "cli/print.hpp"
#include "cli/process_settings.hpp"
#include "cli/reloader.hpp"
#include "config/lint.hpp"
#include "config/load.hpp"
#include "engine/daemon.hpp"
#include "observe/http_server.hpp"
#include "observe/reload_json.hpp"
#include "observe/status_json.hpp"
#include "os/limits.hpp"
#include "os/log.hpp"
#include "os/loop.hpp"
#include "os/privilege.hpp"
#include "os/service.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <csignal>
#include <cstring>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace cli {

namespace {

constexpr int failure = 1;

/// Whether we may do what a VRRP daemon does; tells what to do if not.
bool is_privileged() {
    const auto missing = os::missing_capabilities();
    if (missing.empty()) {
        return true;
    }
    print_error(fmt::format(
        "understudy: the daemon lacks {}, which it needs to set addresses and to send VRRP "
        "packets.\n  Run it as root, or give it the capabilities "
        "(systemd: AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW).\n",
        fmt::join(missing, " and ")));
    return false;
}

std::optional<config::Config> load_config(const std::string& path,
                                          const config::Audience& audience) {
    config::Loaded loaded = config::load(path, audience);
    print_diagnostics(loaded.diagnostics);
    if (!loaded.config) {
        print_error(fmt::format("understudy: nothing was started: {} has errors\n", path));
        return std::nullopt;
    }
    print_diagnostics(config::lint(*loaded.config, path, view_host(*loaded.config)), loaded.files);
    return std::move(loaded.config);
}

int fail(const os::Error& error) {
    os::log::error("can't go on", {{"error", error.message()}});
    return failure;
}

/// What signals ask for.
struct Commands {
    std::function<void(vrrp::Instant now)> stop;
    std::function<void(vrrp::Instant now)> pause;
    std::function<void(vrrp::Instant now)> reload;
};

/// The signals that end the daemon, and those that would if nobody took them.
std::expected<std::vector<os::Source>, os::Error> take_signals(os::Loop& loop,
                                                               const Commands& commands) {
    std::vector<os::Source> sources;
    for (const int number : {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2}) {
        auto source = loop.on_signal(number, [commands](int signal, vrrp::Instant now) {
            if (signal == SIGTERM || signal == SIGINT || signal == SIGQUIT) {
                commands.stop(now);
            } else if (signal == SIGHUP) {
                commands.reload(now);
            } else if (signal == SIGUSR2) {
                commands.pause(now);
            } else {
                os::log::info("the signal changes nothing", {{"signal", sigabbrev_np(signal)}});
            }
        });
        if (!source) {
            return std::unexpected(source.error());
        }
        sources.push_back(std::move(*source));
    }
    return sources;
}

/// The daemon, its API and its signals, until it is told to stop. The daemon comes last: once it
/// has begun nothing else may fail.
int serve(const config::Config& config, const std::string& config_path,
          const config::Audience& audience, const std::string& socket_path, os::Loop& loop) {
    std::unique_ptr<engine::Daemon> daemon;
    std::optional<Reloader> reloader;
    const auto signals =
        take_signals(loop, {.stop = [&daemon](vrrp::Instant now) { daemon->stop(now); },
                            .pause = [&daemon](vrrp::Instant now) { daemon->pause(now); },
                            .reload =
                                [&reloader](vrrp::Instant now) {
                                    reloader->request(false, [](const auto& /*outcome*/) {}, now);
                                }});
    if (!signals) {
        return fail(signals.error());
    }
    // All are called from the loop only, when the daemon is there.
    const auto server = observe::HttpServer::open(
        socket_path, loop, [&daemon] { return observe::status_json(daemon->snapshot()); },
        [&reloader](bool is_dry_run, observe::HttpServer::Answer answer, vrrp::Instant now) {
            reloader->request(
                is_dry_run,
                [answer = std::move(answer)](const engine::ReloadOutcome& outcome) {
                    answer(outcome.is_good(), observe::reload_json(outcome));
                },
                now);
        });
    if (!server) {
        return fail(server.error());
    }
    auto started = engine::Daemon::start(config, loop);
    if (!started) {
        return fail(started.error());
    }
    daemon = std::move(*started);
    reloader.emplace(config_path, audience, *daemon, loop);
    os::notify_ready();
    const auto ended = loop.run();
    if (!ended) {
        daemon->stop_at_once(loop.now());
        return fail(ended.error());
    }
    os::log::info("stopped");
    return *ended;
}

}  // namespace

int run(const std::string& config_path, const config::Audience& audience,
        const std::string& socket_path) {
    const auto config = load_config(config_path, audience);
    if (!config || !is_privileged()) {
        return failure;
    }
    // Each link, client and check has descriptors, and nothing here uses select(2).
    os::raise_open_file_limit();
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
    apply_process_settings(config->daemon);
    return serve(*config, config_path, audience, socket_path, *loop);
}

}  // namespace cli
