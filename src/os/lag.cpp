#include "os/lag.hpp"

#include <algorithm>
#include <chrono>

namespace os {

namespace {

constexpr vrrp::Duration minute = std::chrono::minutes(1);

}  // namespace

bool LagMeter::take(vrrp::Duration lag, vrrp::Instant now) {
    if (now - minute_began_ >= minute) {
        earlier_ = now - minute_began_ < 2 * minute ? lag_.recent : vrrp::Duration(0);
        lag_.recent = vrrp::Duration(0);
        minute_began_ = now;
    }
    lag_.recent = std::max(lag_.recent, lag);
    lag_.greatest = std::max(lag_.greatest, lag);
    lag_.late_wake_ups += lag > late ? 1 : 0;
    if (lag <= very_late || now < tells_from_) {
        return false;
    }
    tells_from_ = now + minute;
    return true;
}

Lag LagMeter::read(vrrp::Instant now) const {
    Lag result = lag_;
    const vrrp::Duration age = now - minute_began_;
    if (age >= 2 * minute) {
        result.recent = vrrp::Duration(0);
    } else if (age < minute) {
        result.recent = std::max(result.recent, earlier_);
    }
    return result;
}

}  // namespace os
