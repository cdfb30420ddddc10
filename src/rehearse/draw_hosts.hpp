#pragma once

#include <vector>

#include "rehearse/random.hpp"
#include "rehearse/scenario.hpp"

namespace rehearse {

/// Draws the routers of one LAN, which agree on what they must agree on. Their intervals are
/// multiples of `interval`: 100 in version 2, less only in version 3.
[[nodiscard]] std::vector<HostPlan> draw_hosts(vrrp::Version version, vrrp::Centiseconds interval,
                                               Random& random);

/// Draws machines with two routers each, in a row: the first of version 2 or 3 over IPv4, the
/// second of version 3 over IPv6.
[[nodiscard]] std::vector<HostPlan> draw_groups(vrrp::Centiseconds interval, Random& random);

/// 1 to 255, the ends often enough.
[[nodiscard]] std::uint8_t draw_priority(Random& random);

/// "192.0.2.N", or "fe80::N", or with `is_global` "2001:db8::N".
[[nodiscard]] vrrp::IpAddress address_of(vrrp::Family family, std::uint8_t number,
                                         bool is_global = false);

}  // namespace rehearse
