#include "health/schedule.hpp"

#include <algorithm>
#include <chrono>

namespace health {

namespace {

/// Between the first runs of two checks: enough to start a program.
constexpr vrrp::Duration first_gap = std::chrono::milliseconds(2);

}  // namespace

Schedule::Schedule(vrrp::Duration interval, const Slot& slot, vrrp::Instant now)
    : interval_(interval),
      origin_(slot.origin.value_or(now) + static_cast<int>(slot.index) * slot.width),
      next_(now + static_cast<int>(slot.index) * std::min(first_gap, slot.width)) {}

void Schedule::advance(vrrp::Instant now) {
    // The first run need not be in the slot: the second one is not too close to it.
    const vrrp::Instant earliest = std::max(now, next_ + interval_ / 2);
    const auto passed = (earliest - origin_) / interval_;
    next_ = origin_ + (earliest > origin_ ? passed + 1 : 0) * interval_;
}

}  // namespace health
