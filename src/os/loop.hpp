#pragma once

#include "os/error.hpp"
#include "os/lag.hpp"
#include "os/timer_queue.hpp"
#include "vrrp/time.hpp"

#include <systemd/sd-event.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

namespace os {

/// What goes first when several things are ready in one wake-up.
enum class Urgency : std::int64_t {
    adverts = -300,  ///< received adverts: a stalled daemon listens before it speaks
    deadlines = -200,
    links = -100,
    checks = 0,
    clients = 100,
};

/// Something that the loop watches; it is watched as long as this lives. The callback may destroy
/// the Source that called it.
class Source {
public:
    Source();
    Source(Source&&) noexcept;
    Source& operator=(Source&&) noexcept;
    ~Source();

    [[nodiscard]] bool is_active() const { return state_ != nullptr; }

    /// From now on it goes before or after others than it did; the source is active.
    void set_urgency(Urgency urgency);
    /// From now on it watches for these; the source is one of a descriptor, and active.
    void set_events(std::uint32_t epoll_events);

private:
    friend class Loop;
    struct State;
    struct Release {
        void operator()(State* state) const;
    };
    std::unique_ptr<State, Release> state_;
};

/// The timers of one urgency: those that are due together are called in one go, in the order of
/// their instants, for the price of one wake-up.
class Alarm;

/// Calls back once at an instant, with an accuracy of a microsecond and never before it. The
/// callback may destroy the Timer that called it. The loop outlives its timers.
class Timer {
public:
    using Callback = TimerQueue::Callback;

    /// Replaces any earlier instant; one in the past fires at the next turn of the loop. Allocates
    /// nothing.
    void arm(vrrp::Instant at);
    /// Forgets the instant; does nothing where none is armed.
    void disarm();

private:
    friend class Loop;
    Alarm* alarm_ = nullptr;
    TimerQueue::Handle waiter_;
};

/// The event loop, and the only clock of the program. One wake-up, one now.
class Loop {
public:
    using IoCallback = std::move_only_function<void(std::uint32_t epoll_events, vrrp::Instant now)>;
    using SignalCallback = std::move_only_function<void(int signal, vrrp::Instant now)>;

    [[nodiscard]] static std::expected<Loop, Error> create();

    Loop(Loop&&) noexcept;
    ~Loop();

    /// When this wake-up happened; before the first one, when it is asked.
    [[nodiscard]] vrrp::Instant now() const;

    /// The wall clock's reading at an instant that now() gave, for people to read.
    [[nodiscard]] std::chrono::system_clock::time_point wall_time(vrrp::Instant at) const;

    /// What CLOCK_MONOTONIC read when this wake-up happened, in microseconds: systemd's clock.
    [[nodiscard]] std::uint64_t monotonic_microseconds() const;

    /// Calls back once, at the end of the callback that is running now or runs next: what is
    /// cheaper done together can wait until then.
    void at_end(TimerQueue::Callback callback);

    /// How late timers were called. A wake-up that was late by more than a second is also logged.
    [[nodiscard]] Lag lag() const;

    /// Watches a descriptor (level-triggered EPOLLIN, EPOLLOUT, …). It must outlive the Source.
    [[nodiscard]] std::expected<Source, Error> watch(int fd, std::uint32_t epoll_events,
                                                     Urgency urgency, IoCallback callback);
    [[nodiscard]] std::expected<Timer, Error> timer(Urgency urgency, Timer::Callback callback);
    /// Blocks the signal's ordinary delivery and takes it in the loop.
    [[nodiscard]] std::expected<Source, Error> on_signal(int signal, SignalCallback callback);

    /// Turns until stop(); what stop() was given.
    [[nodiscard]] std::expected<int, Error> run();
    void stop(int exit_code);

private:
    struct Core;
    explicit Loop(std::unique_ptr<Core> core);

    std::unique_ptr<Core> core_;
};

}  // namespace os
