#pragma once

#include "vrrp/router_config.hpp"
#include "vrrp/time.hpp"

#include <chrono>
#include <cstddef>

namespace vrrp {

/// How long the kernel keeps an address that nobody vouches for any more, and how often a router
/// that serves does so.
struct Lease {
    std::chrono::seconds lifetime{0};  ///< whole ones, as the kernel counts; at least 1
    Duration refresh_each{0};          ///< at most half of it

    friend bool operator==(const Lease&, const Lease&) = default;
};

/// The kernel removes an address so much after its lifetime at the latest.
inline constexpr Duration lease_slack = std::chrono::milliseconds(850);

/// Each renewal is a message to all who listen for addresses, so that a host makes about so many.
inline constexpr int most_refreshes_each_second = 100;

/// The longest lease that ends, with the slack, before peers that are as patient take over; where
/// they wait for less than two seconds, the shortest that there is, which ends later. It is renewed
/// together with adverts, with as many of them as the half of it allows, and only where none comes
/// in that time without: what is renewed between adverts ends later than peers expect.
[[nodiscard]] Lease lease_for(int down_adverts, Centiseconds interval);

/// The factor by which all leases of a host must grow for it to renew no more addresses than it
/// may: 1, or a larger whole number. Call it with the sum of refreshes_each_second.
[[nodiscard]] int stretch_for(double refreshes_each_second);

/// How many addresses a second a router with so many renews under this lease.
[[nodiscard]] double refreshes_each_second(const Lease& lease, std::size_t addresses);

/// The same lease, so many times as long and as seldom renewed; `factor` is at least 1.
[[nodiscard]] Lease stretched(const Lease& lease, int factor);

/// Before this instant no peer has taken over from a master of these settings whose last advert
/// above priority 0 was sent at `spoken_at`: if it starts again until then, it may resume. An
/// interval is left for its first advert, and for peers that go by the RFCs' three adverts.
[[nodiscard]] Instant resumable_until(const RouterConfig& config, Instant spoken_at);

}  // namespace vrrp
