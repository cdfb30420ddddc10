#pragma once

#include "vrrp/time.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>

namespace os {

/// Callbacks that wait for an instant, and are called in the order of their instants. It has no
/// clock of its own. Pinned, and outlives its waiters.
class TimerQueue {
public:
    using Callback = std::move_only_function<void(vrrp::Instant now)>;

    /// One callback, and what it waits for.
    struct Waiter;
    struct Release {
        void operator()(Waiter* waiter) const;
    };
    /// Forgets the waiter when it goes; also from within its callback.
    using Handle = std::unique_ptr<Waiter, Release>;

    TimerQueue() = default;
    TimerQueue(const TimerQueue&) = delete;
    TimerQueue& operator=(const TimerQueue&) = delete;

    /// A waiter that is not armed yet. After this it allocates nothing.
    [[nodiscard]] Handle add(Callback callback);

    /// Replaces any earlier instant. Those of one instant are called in the order of being armed.
    void arm(Waiter& waiter, vrrp::Instant at);
    /// Forgets the instant; does nothing where none is armed.
    void disarm(Waiter& waiter);

    /// For when the first one waits.
    [[nodiscard]] std::optional<vrrp::Instant> earliest() const;

    /// Calls all whose instant has come; tells how late the latest of them was. A callback may arm,
    /// disarm or release any waiter; what it arms for a past instant has its turn next time.
    vrrp::Duration call_due(vrrp::Instant now);

private:
    struct Place {
        vrrp::Instant at;
        std::uint64_t order = 0;
        Waiter* waiter = nullptr;
        friend bool operator<(const Place& left, const Place& right) {
            return left.at != right.at ? left.at < right.at : left.order < right.order;
        }
    };
    using Places = std::set<Place>;

    Places places_;
    std::uint64_t order_ = 0;
    vrrp::Instant called_until_{vrrp::Duration::min()};
};

}  // namespace os
