#include "config/lint.hpp"

#include "config/address_lint.hpp"
#include "config/nearest.hpp"
#include "config/text.hpp"
#include "config/timing_lint.hpp"
#include "config/weight_lint.hpp"
#include "os/path_trust.hpp"
#include "os/process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace config {

namespace {

/// The interface that a probe names; empty where it names none.
std::string interface_of(const health::ProbeConfig& probe) {
    if (const auto* const link = std::get_if<health::InterfaceProbeConfig>(&probe)) {
        return link->interface;
    }
    if (const auto* const address = std::get_if<health::AddressProbeConfig>(&probe)) {
        return address->interface;
    }
    const auto* const route = std::get_if<health::RouteProbeConfig>(&probe);
    return route != nullptr ? route->interface : "";
}

class Linter {
public:
    explicit Linter(const std::string& file) : file_(file) {}

    void check_interface(const Router& router, const std::vector<std::string>& link_names) {
        if (std::ranges::find(link_names, router.interface) != link_names.end()) {
            return;
        }
        warn(router.interface_place,
             fmt::format("interface {} is not there; router {} waits for it",
                         in_quotes(router.interface), router.name),
             suggest(router.interface, link_names));
    }

    /// What a check asks of an interface that is not there can't be so; one may come, of course.
    void check_interface(const health::CheckConfig& check, Place place,
                         const std::vector<std::string>& link_names) {
        const std::string interface = interface_of(check.probe);
        if (!interface.empty() && std::ranges::find(link_names, interface) == link_names.end()) {
            warn(place,
                 fmt::format("check {} waits for interface {}, which is not there", check.name,
                             in_quotes(interface)),
                 suggest(interface, link_names));
        }
    }

    void check_script(const health::CheckConfig& check, const CheckPlaces& places) {
        if (const auto* const script = std::get_if<health::ScriptProbeConfig>(&check.probe)) {
            check_program(
                {"check " + check.name, script->command.front(), script->user, script->group},
                places.probe, places.user);
        }
    }

    /// `owner` is whose state it is told: "router k8s-api".
    void check_script(const std::string& owner, const StateScript& script) {
        check_program({fmt::format("{} of {}", script.key, owner), script.command.front(),
                       script.user, script.group},
                      script.place, script.user_place);
    }

    void check_scripts(const std::string& owner, const StateScripts& scripts) {
        for (const StateScript* const script : scripts_of(scripts)) {
            check_script(owner, *script);
        }
    }

    void add(const Diagnostics& more) {
        diagnostics_.insert(diagnostics_.end(), more.begin(), more.end());
    }

    Diagnostics take() { return std::move(diagnostics_); }

private:
    /// A program, and whom it runs as.
    struct Run {
        std::string title;  ///< "check nginx"
        std::string path;
        std::string user;
        std::string group;
    };

    void check_program(const Run& run, Place place, Place user_place) {
        check_file(run, place);
        if (const auto identity = find_identity(run, user_place)) {
            check_path(run, *identity, place);
        }
    }

    void check_file(const Run& run, Place place) {
        std::error_code error;
        const std::filesystem::file_status status = std::filesystem::status(run.path, error);
        const auto fail = [&](std::string_view why, std::string advice) {
            warn(place, fmt::format("{} fails: {} {}", run.title, in_quotes(run.path), why),
                 std::move(advice));
        };
        using std::filesystem::perms;
        const perms any_execute = perms::owner_exec | perms::group_exec | perms::others_exec;
        if (!std::filesystem::exists(status)) {
            fail("is not there", "");
        } else if (!std::filesystem::is_regular_file(status)) {
            fail("is not a program", "");
        } else if ((status.permissions() & any_execute) == perms::none) {
            fail("is not executable", fmt::format("chmod +x {}", run.path));
        }
    }

    /// Whom it runs as; nullopt, and told, where there is no such user or group.
    std::optional<os::Identity> find_identity(const Run& run, Place place) {
        auto identity =
            run.user.empty()
                ? os::find_user("understudy").or_else([] { return os::find_user("nobody"); })
                : os::find_user(run.user);
        if (!identity) {
            const std::string user = run.user.empty() ? "nobody" : run.user;
            warn(place, fmt::format("{} fails: there is no user {}", run.title, in_quotes(user)),
                 "");
            return std::nullopt;
        }
        const auto group = run.group.empty() ? identity->group : os::find_group(run.group);
        if (!group) {
            warn(place,
                 fmt::format("{} fails: there is no group {}", run.title, in_quotes(run.group)),
                 "");
            return std::nullopt;
        }
        return identity;
    }

    /// What root runs is refused at its start; what others run is their own risk.
    void check_path(const Run& run, const os::Identity& identity, Place place) {
        const bool is_root = identity.user == 0;
        const auto weak = os::find_weak_part(run.path, is_root ? os::Identity{0, 0} : identity);
        if (!weak) {
            return;
        }
        const std::string advice =
            fmt::format("chown root {0} && chmod go-w {0}{1}", weak->path,
                        is_root ? ", or let it run as a user of its own" : "");
        if (is_root) {
            warn(place,
                 fmt::format("{} fails: {} {}: {} can't run as root", run.title, weak->path,
                             weak->why, weak->is_folder ? "a script there" : "it"),
                 advice);
        } else {
            warn(place,
                 fmt::format("{}: {} {}: others than root and {} decide what it runs", run.title,
                             weak->path, weak->why, os::user_name(identity.user)),
                 advice);
        }
    }

    void warn(Place place, std::string message, std::string advice) {
        diagnostics_.push_back(
            {Severity::warning, file_, place, std::move(message), std::move(advice)});
    }

    const std::string& file_;
    Diagnostics diagnostics_;
};

/// Each script once: a router with addresses of both families is two here.
void check_state_scripts(const Config& config, Linter& linter) {
    std::string last;
    for (const Router& router : config.routers) {
        if (std::exchange(last, router.name) != router.name) {
            linter.check_scripts("router " + router.name, router.scripts);
        }
    }
    for (const Group& group : config.groups) {
        linter.check_scripts("group " + group.name, group.scripts);
    }
    for (const StateFifo& fifo : config.daemon.state_fifos) {
        if (fifo.reader) {
            linter.check_script("FIFO " + fifo.path, *fifo.reader);
        }
    }
}

}  // namespace

Diagnostics lint(const Config& config, const std::string& file, const HostView& host) {
    std::vector<std::string> link_names;
    std::ranges::transform(host.links, std::back_inserter(link_names), &LinkView::name);
    Linter linter(file);
    for (const Router& router : config.routers) {
        linter.check_interface(router, link_names);
    }
    linter.add(lint_addresses(config, file, host));
    linter.add(lint_times(config, file));
    check_state_scripts(config, linter);
    linter.add(lint_weights(config, file));
    for (std::size_t index = 0; index < config.checks.size(); ++index) {
        linter.check_interface(config.checks[index], config.check_places[index].probe, link_names);
        linter.check_script(config.checks[index], config.check_places[index]);
    }
    Diagnostics diagnostics = linter.take();
    for (Diagnostic& diagnostic : diagnostics) {
        if (diagnostic.place.file < config.files.size()) {
            diagnostic.file = config.files[diagnostic.place.file];
        }
    }
    return diagnostics;
}

}  // namespace config
