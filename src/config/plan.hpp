#pragma once

#include "config/config.hpp"
#include "vrrp/address.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// What becomes of a router or a check when another file takes the place of the running one.
enum class Action : std::uint8_t {
    keep,    ///< not touched at all
    adjust,  ///< becomes another one while it runs
    move,    ///< stops, and starts anew as the file has it now
    start,
    stop,
};

/// One router: of a name that has both families, one of the two.
struct RouterStep {
    Action action = Action::keep;
    std::string name;
    vrrp::Family family = vrrp::Family::ipv4;

    friend bool operator==(const RouterStep&, const RouterStep&) = default;
};

/// One check. None is ever moved.
struct CheckStep {
    Action action = Action::keep;
    std::string name;

    friend bool operator==(const CheckStep&, const CheckStep&) = default;
};

/// What leads from one configuration to another.
struct Plan {
    std::vector<RouterStep> routers;  ///< in the order of the wanted file, then those that stop
    std::vector<CheckStep> checks;    ///< the same
    /// Each change for people, "router k8s-api: priority 100 -> 90", without secrets: the daemon's,
    /// those of the checks, those of the routers. Empty: nothing changes.
    std::vector<std::string> lines;

    friend bool operator==(const Plan&, const Plan&) = default;
};

/// Compares what runs with what is wanted. Routers are matched by name and family, checks by name.
[[nodiscard]] Plan plan(const Config& running, const Config& wanted);

/// The check of that name; nullptr where there is none.
[[nodiscard]] const health::CheckConfig* find_check(const Config& config, std::string_view name);

/// What makes another router of it, which can't be had while it runs: "vrid 51 -> 52"; empty where
/// nothing does.
[[nodiscard]] std::vector<std::string> what_moves(const Router& running, const Router& wanted);

}  // namespace config
