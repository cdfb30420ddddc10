#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>

namespace vrrp {

/// A span of time. Skew and down intervals are real numbers: nanoseconds, never whole seconds.
using Duration = std::chrono::nanoseconds;

/// The unit of VRRP's advertisement interval on the wire: 1 to 4095 hundredths of a second in
/// version 3; version 2 carries whole seconds.
using Centiseconds = std::chrono::duration<std::int32_t, std::centi>;

/// The clock that instants belong to. It can't be read: the caller passes the time in.
struct Clock {
    using duration = Duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<Clock>;
    static constexpr bool is_steady = true;
};

/// A moment on a steady clock of the caller's. Only differences mean something.
using Instant = Clock::time_point;

}  // namespace vrrp
