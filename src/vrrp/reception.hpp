#pragma once

#include "vrrp/effect.hpp"
#include "vrrp/event.hpp"
#include "vrrp/router_config.hpp"

#include <optional>

namespace vrrp {

/// Why a router with these settings, which speaks from `source`, refuses an advertisement: all
/// rules of reception that need the settings. nullopt: it is accepted.
[[nodiscard]] std::optional<RefuseReason> find_reason_to_refuse(
    const RouterConfig& config, const std::optional<IpAddress>& source,
    const AdvertisementReceived& event);

}  // namespace vrrp
