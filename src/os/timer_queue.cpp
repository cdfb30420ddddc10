#include "os/timer_queue.hpp"

#include <algorithm>
#include <utility>

namespace os {

/// Its node goes in and out of the queue with it, so that arming allocates nothing.
struct TimerQueue::Waiter {
    TimerQueue& queue;
    Callback callback;
    Places::node_type node;  ///< while it is not armed
    Places::iterator place;  ///< while it is
    bool is_in_callback = false;
    bool is_released = false;
};

void TimerQueue::Release::operator()(Waiter* waiter) const {
    waiter->queue.disarm(*waiter);
    if (waiter->is_in_callback) {
        waiter->is_released = true;
    } else {
        delete waiter;
    }
}

TimerQueue::Handle TimerQueue::add(Callback callback) {
    Handle waiter(
        new Waiter{.queue = *this, .callback = std::move(callback), .node = {}, .place = {}});
    Places one;
    one.insert(Place{});
    waiter->node = one.extract(one.begin());
    return waiter;
}

void TimerQueue::arm(Waiter& waiter, vrrp::Instant at) {
    disarm(waiter);
    const auto first = called_until_ + vrrp::Duration(1);
    waiter.node.value() = {.at = std::max(at, first), .order = ++order_, .waiter = &waiter};
    waiter.place = places_.insert(std::move(waiter.node)).position;
}

void TimerQueue::disarm(Waiter& waiter) {
    if (waiter.node.empty()) {
        waiter.node = places_.extract(waiter.place);
    }
}

std::optional<vrrp::Instant> TimerQueue::earliest() const {
    return places_.empty() ? std::nullopt : std::optional(places_.begin()->at);
}

vrrp::Duration TimerQueue::call_due(vrrp::Instant now) {
    called_until_ = now;
    vrrp::Duration latest{0};
    while (!places_.empty() && places_.begin()->at <= now) {
        const auto& [at, order, waiter] = *places_.begin();
        latest = std::max(latest, now - at);
        Waiter& called = *waiter;
        disarm(called);
        called.is_in_callback = true;
        called.callback(now);
        called.is_in_callback = false;
        if (called.is_released) {
            delete &called;
        }
    }
    return latest;
}

}  // namespace os
