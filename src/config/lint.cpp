#include "config/lint.hpp"

#include "config/nearest.hpp"
#include "config/text.hpp"
#include "config/weight_lint.hpp"
#include "os/process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

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

    void check_interface(const Router& router, std::span<const std::string> link_names) {
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
                         std::span<const std::string> link_names) {
        const std::string interface = interface_of(check.probe);
        if (!interface.empty() && std::ranges::find(link_names, interface) == link_names.end()) {
            warn(place,
                 fmt::format("check {} waits for interface {}, which is not there", check.name,
                             in_quotes(interface)),
                 suggest(interface, link_names));
        }
    }

    void check_program(const health::CheckConfig& check, Place place) {
        const auto* const script = std::get_if<health::ScriptProbeConfig>(&check.probe);
        if (script == nullptr) {
            return;
        }
        const std::string& path = script->command.front();
        std::error_code error;
        const std::filesystem::file_status status = std::filesystem::status(path, error);
        if (!std::filesystem::exists(status)) {
            warn(place, fmt::format("check {} fails: {} is not there", check.name, in_quotes(path)),
                 "");
            return;
        }
        using std::filesystem::perms;
        const perms any_execute = perms::owner_exec | perms::group_exec | perms::others_exec;
        if (!std::filesystem::is_regular_file(status)) {
            warn(place,
                 fmt::format("check {} fails: {} is not a program", check.name, in_quotes(path)),
                 "");
        } else if ((status.permissions() & any_execute) == perms::none) {
            warn(place,
                 fmt::format("check {} fails: {} is not executable", check.name, in_quotes(path)),
                 fmt::format("chmod +x {}", path));
        }
    }

    void check_user(const health::CheckConfig& check, Place place) {
        const auto* const script = std::get_if<health::ScriptProbeConfig>(&check.probe);
        if (script != nullptr && !script->user.empty() && !os::find_user(script->user)) {
            warn(place,
                 fmt::format("check {} fails: there is no user {}", check.name,
                             in_quotes(script->user)),
                 "");
        }
    }

    void add(const Diagnostics& more) {
        diagnostics_.insert(diagnostics_.end(), more.begin(), more.end());
    }

    Diagnostics take() { return std::move(diagnostics_); }

private:
    void warn(Place place, std::string message, std::string advice) {
        diagnostics_.push_back(
            {Severity::warning, file_, place, std::move(message), std::move(advice)});
    }

    const std::string& file_;
    Diagnostics diagnostics_;
};

}  // namespace

Diagnostics lint(const Config& config, const std::string& file,
                 std::span<const std::string> link_names) {
    Linter linter(file);
    for (const Router& router : config.routers) {
        linter.check_interface(router, link_names);
    }
    linter.add(lint_weights(config, file));
    for (std::size_t index = 0; index < config.checks.size(); ++index) {
        linter.check_interface(config.checks[index], config.check_places[index].probe, link_names);
        linter.check_program(config.checks[index], config.check_places[index].probe);
        linter.check_user(config.checks[index], config.check_places[index].user);
    }
    return linter.take();
}

}  // namespace config
