#pragma once

#include "vrrp/advertisement.hpp"
#include "vrrp/time.hpp"

#include <chrono>
#include <cstdint>

namespace vrrp {

/// The shortest interval that an advertisement of version 3 can tell.
inline constexpr Centiseconds shortest_interval{1};

/// A leaving master that nobody succeeds goes all the same after this time: the longest skew time
/// of version 2 (255/256 s) and what a LAN may add.
inline constexpr Duration leaving_limit = std::chrono::milliseconds(1100);

/// A leaving master that has heard its successor's advert serves until it sees it announce the
/// addresses (AddressClaimed), at most for so long: they come a little after the advert.
inline constexpr Duration handover_overlap = std::chrono::milliseconds(50);

/// And then for so long: the successor's kernel answers for an IPv6 address a little after it has
/// taken it.
inline constexpr Duration claim_overlap = std::chrono::milliseconds(2);

/// Priority 0 is said twice, this far apart, so that one lost packet does not cost three seconds.
inline constexpr Duration farewell_gap = std::chrono::milliseconds(1);

/// A router of lower rank that is heard so often, although it is answered, does not hear us.
inline constexpr int contentions_to_tell = 3;

/// How long a router that could not install its addresses stays out of the election the first time.
inline constexpr Duration recovery_delay = std::chrono::seconds(10);

/// Version 2: (256 - priority) / 256 s (RFC 3768 section 6.1). Version 3: that part of the master's
/// interval (RFC 9568 section 6.1).
[[nodiscard]] Duration skew_time(Version version, Centiseconds interval, std::uint8_t priority);

/// So many adverts (three, in the RFCs) and the skew time.
[[nodiscard]] Duration master_down_interval(Version version, Centiseconds interval,
                                            std::uint8_t priority, int down_adverts = 3);

/// How long a backup waits after priority 0: (256 - priority) x 0.1 ms, or the skew time where that
/// is shorter. All backups start at the same instant, so a LAN's jitter is all that must be kept
/// apart.
[[nodiscard]] Duration handover_skew(Version version, Centiseconds interval, std::uint8_t priority);

}  // namespace vrrp
