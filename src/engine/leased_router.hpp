#pragma once

#include "config/config.hpp"
#include "engine/fitness.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace engine {

/// A router of the configuration, and how long its addresses outlive the daemon.
struct LeasedRouter {
    config::Router router;                      ///< renews its lease as often as that asks for
    std::optional<std::chrono::seconds> lease;  ///< nullopt: for good
};

/// The factor by which all leases of this configuration must grow, see vrrp::stretch_for().
[[nodiscard]] int stretch_of(const config::Config& config);

/// Gives a router its lease, stretched by the factor.
[[nodiscard]] LeasedRouter leased_router(const config::Router& router, int stretch);

/// What a router's checks make of it; `find` gives each by its name.
[[nodiscard]] Fitness fitness_of(
    const config::Router& router,
    const std::function<const health::Check*(const std::string& name)>& find);

/// The interfaces that routers are on or checks ask for, each once, in order.
[[nodiscard]] std::vector<std::string> interfaces_of(const config::Config& config);

}  // namespace engine
