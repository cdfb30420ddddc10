#pragma once

#include "vrrp/address.hpp"
#include "vrrp/advertisement.hpp"
#include "vrrp/time.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace vrrp {

/// The priority of a router that owns the addresses; it always wins (RFC 3768 section 5.3.4).
inline constexpr std::uint8_t owner_priority = 255;

/// What one virtual router is to do; must be equal on all routers but for the priority.
struct RouterConfig {
    std::uint8_t virtual_router_id = 0;  ///< 1 to 255
    Version version = Version::v2;
    std::uint8_t priority = 100;  ///< 1 to 255, 255 = owner of the addresses
    Centiseconds interval{100};   ///< version 2: whole seconds, 1 to 255
    bool preempt = true;          ///< take over from a master of lower priority
    bool strict = false;          ///< the RFC's times to the letter: no handover skew, no assert
    std::optional<Password> password;
    std::vector<IpAddress> addresses;  ///< 1 to 255, of one family

    friend bool operator==(const RouterConfig&, const RouterConfig&) = default;
};

}  // namespace vrrp
