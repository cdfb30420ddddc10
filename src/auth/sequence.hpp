#pragma once

#include <chrono>
#include <cstdint>

namespace auth {

/// The time of day. Like every other clock it is read by the caller and passed in.
using WallTime = std::chrono::system_clock::time_point;

/// The sequence number of a trailer: 32 bits of seconds since 1970, 16 of 1/65536 s, 16 of a
/// counter. Kept as one number, so that the counter carries into the time.
using Sequence = std::uint64_t;

/// The number of this moment, counter 0.
[[nodiscard]] Sequence sequence_at(WallTime time);

/// Whether `a` comes after `b`, also across the wrap of the seconds in 2106 (RFC 1982).
[[nodiscard]] constexpr bool is_after(Sequence a, Sequence b) {
    return static_cast<std::int64_t>(a - b) > 0;
}

/// How many whole seconds the time of `a` is ahead of that of `b`; negative where it is behind.
[[nodiscard]] constexpr std::chrono::seconds seconds_ahead(Sequence a, Sequence b) {
    const auto difference =
        static_cast<std::uint32_t>(a >> 32) - static_cast<std::uint32_t>(b >> 32);
    return std::chrono::seconds(static_cast<std::int32_t>(difference));
}

}  // namespace auth
