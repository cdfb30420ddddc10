#include "os/loop.hpp"

#include "os/log.hpp"

#include <sys/signalfd.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <csignal>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace os {

namespace {

std::uint64_t to_microseconds(vrrp::Instant instant) {
    const auto nanoseconds = instant.time_since_epoch().count();
    return nanoseconds <= 0 ? 0 : (static_cast<std::uint64_t>(nanoseconds) + 999) / 1000;
}

vrrp::Instant from_microseconds(std::uint64_t microseconds) {
    return vrrp::Instant(std::chrono::microseconds(microseconds));
}

/// When the wake-up happened that `event` is working on. The clock counts suspended time too: a
/// host that slept must know that its peers didn't wait.
vrrp::Instant wake_up_time(sd_event* event) {
    std::uint64_t microseconds = 0;
    sd_event_now(event, CLOCK_BOOTTIME, &microseconds);
    return from_microseconds(microseconds);
}

}  // namespace

/// What is the business of every callback. Pinned.
struct Turn {
    LagMeter meter;
    std::vector<TimerQueue::Callback> at_end;

    /// Calls what waits for the end of a callback, also what joins it meanwhile.
    void end(vrrp::Instant now) {
        for (std::size_t i = 0; i < at_end.size(); ++i) {
            std::exchange(at_end[i], nullptr)(now);
        }
        at_end.clear();
    }
};

/// What the C callbacks are given; pinned, since sd-event keeps its address.
struct Source::State {
    sd_event_source* source = nullptr;
    Loop::IoCallback on_io;
    Loop::SignalCallback on_signal;
    Turn* turn = nullptr;
    bool is_in_callback = false;
    bool is_released = false;

    static int handle_io(sd_event_source* source, int fd, std::uint32_t events, void* self);
    static int handle_signal(sd_event_source* source, const signalfd_siginfo* info, void* self);

    /// Runs a callback that may release its own Source.
    template <typename Call>
    int guarded(sd_event_source* from, Call call) {
        const vrrp::Instant now = wake_up_time(sd_event_source_get_event(from));
        is_in_callback = true;
        call(now);
        turn->end(now);
        is_in_callback = false;
        if (is_released) {
            delete this;
        }
        return 0;
    }
};

int Source::State::handle_io(sd_event_source* source, int /*fd*/, std::uint32_t events,
                             void* self) {
    auto* state = static_cast<State*>(self);
    return state->guarded(source, [&](vrrp::Instant now) { state->on_io(events, now); });
}

int Source::State::handle_signal(sd_event_source* source, const signalfd_siginfo* info,
                                 void* self) {
    auto* state = static_cast<State*>(self);
    const int number = static_cast<int>(info->ssi_signo);
    return state->guarded(source, [&](vrrp::Instant now) { state->on_signal(number, now); });
}

void Source::Release::operator()(State* state) const {
    sd_event_source_disable_unref(std::exchange(state->source, nullptr));
    if (state->is_in_callback) {
        state->is_released = true;
    } else {
        delete state;
    }
}

Source::Source() = default;
Source::Source(Source&&) noexcept = default;
Source& Source::operator=(Source&&) noexcept = default;
Source::~Source() = default;

void Source::set_urgency(Urgency urgency) {
    // Fails only for a priority that the source has already, or a source that is no more.
    sd_event_source_set_priority(state_->source, static_cast<std::int64_t>(urgency));
}

void Source::set_events(std::uint32_t epoll_events) {
    // Fails only in a loop that has ended, where nothing is called any more.
    sd_event_source_set_io_events(state_->source, epoll_events);
}

class Alarm {
public:
    Alarm() = default;
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;

    /// To be called once, before all else; gives an errno or 0.
    int open(sd_event* event, Urgency urgency, Turn& turn);

    TimerQueue::Handle add(Timer::Callback callback) { return queue_.add(std::move(callback)); }
    void arm(TimerQueue::Waiter& waiter, vrrp::Instant at);
    void disarm(TimerQueue::Waiter& waiter) { queue_.disarm(waiter); }

private:
    struct Unref {
        void operator()(sd_event_source* source) const { sd_event_source_disable_unref(source); }
    };
    static int handle_time(sd_event_source* source, std::uint64_t at, void* self);
    void call_due(vrrp::Instant now);
    void set();

    Turn* turn_ = nullptr;
    TimerQueue queue_;
    std::unique_ptr<sd_event_source, Unref> source_;
    std::optional<vrrp::Instant> set_for_;  ///< when the source will call; nullopt: never
    bool is_calling_ = false;
};

int Alarm::open(sd_event* event, Urgency urgency, Turn& turn) {
    turn_ = &turn;
    sd_event_source* source = nullptr;
    // The accuracy is said in full: the default lets timers drift by 250 ms.
    const int result =
        sd_event_add_time(event, &source, CLOCK_BOOTTIME, 0, 1, &Alarm::handle_time, this);
    if (result < 0) {
        return -result;
    }
    source_.reset(source);
    sd_event_source_set_enabled(source, SD_EVENT_OFF);
    sd_event_source_set_priority(source, static_cast<std::int64_t>(urgency));
    return 0;
}

void Alarm::arm(TimerQueue::Waiter& waiter, vrrp::Instant at) {
    // The past begins now: what is armed late was not called late.
    queue_.arm(waiter, std::max(at, wake_up_time(sd_event_source_get_event(source_.get()))));
    if (!is_calling_) {
        set();
    }
}

/// Sets the source for the first of the queue. Where that is later than before, it is left alone:
/// a backup's deadline moves with each advert, and one call for nothing is cheaper than setting the
/// kernel's timer as often.
void Alarm::set() {
    const auto earliest = queue_.earliest();
    if (!earliest || (set_for_ && *set_for_ <= *earliest)) {
        return;
    }
    set_for_ = earliest;
    sd_event_source_set_time(source_.get(), to_microseconds(*earliest));
    sd_event_source_set_enabled(source_.get(), SD_EVENT_ONESHOT);
}

int Alarm::handle_time(sd_event_source* source, std::uint64_t /*at*/, void* self) {
    static_cast<Alarm*>(self)->call_due(wake_up_time(sd_event_source_get_event(source)));
    return 0;
}

void Alarm::call_due(vrrp::Instant now) {
    set_for_.reset();
    is_calling_ = true;
    const vrrp::Duration lag = queue_.call_due(now);
    turn_->end(now);
    is_calling_ = false;
    set();
    if (turn_->meter.take(lag, now)) {
        const auto late = std::chrono::duration_cast<std::chrono::milliseconds>(lag);
        log::warning(
            "the daemon was not run in time: it was stopped, or the host was busy or slept",
            {{"late_by_ms", std::to_string(late.count())}});
    }
}

void Timer::arm(vrrp::Instant at) {
    assert(waiter_ != nullptr);
    alarm_->arm(*waiter_, at);
}

void Timer::disarm() {
    if (waiter_ != nullptr) {
        alarm_->disarm(*waiter_);
    }
}

/// What the loop's parts point to; pinned.
struct Loop::Core {
    struct Unref {
        void operator()(sd_event* event) const { sd_event_unref(event); }
    };
    std::unique_ptr<sd_event, Unref> event;
    Turn turn;
    std::map<Urgency, Alarm> alarms;
};

Loop::Loop(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Loop::Loop(Loop&&) noexcept = default;
Loop::~Loop() = default;

std::expected<Loop, Error> Loop::create() {
    sd_event* event = nullptr;
    if (const int result = sd_event_new(&event); result < 0) {
        return std::unexpected(Error{-result, "create the event loop"});
    }
    auto core = std::make_unique<Core>();
    core->event.reset(event);
    return Loop(std::move(core));
}

vrrp::Instant Loop::now() const {
    return wake_up_time(core_->event.get());
}

std::chrono::system_clock::time_point Loop::wall_time(vrrp::Instant at) const {
    std::uint64_t wall = 0;
    sd_event_now(core_->event.get(), CLOCK_REALTIME, &wall);
    const auto ago = std::chrono::duration_cast<std::chrono::microseconds>(now() - at);
    return std::chrono::system_clock::time_point(std::chrono::microseconds(wall) - ago);
}

std::uint64_t Loop::monotonic_microseconds() const {
    std::uint64_t microseconds = 0;
    sd_event_now(core_->event.get(), CLOCK_MONOTONIC, &microseconds);
    return microseconds;
}

void Loop::at_end(TimerQueue::Callback callback) {
    core_->turn.at_end.push_back(std::move(callback));
}

Lag Loop::lag() const {
    return core_->turn.meter.read(now());
}

std::expected<Source, Error> Loop::watch(int fd, std::uint32_t epoll_events, Urgency urgency,
                                         IoCallback callback) {
    Source source;
    source.state_.reset(new Source::State);
    source.state_->turn = &core_->turn;
    source.state_->on_io = std::move(callback);
    const int result = sd_event_add_io(core_->event.get(), &source.state_->source, fd, epoll_events,
                                       Source::State::handle_io, source.state_.get());
    if (result < 0) {
        return std::unexpected(Error{-result, "watch a descriptor"});
    }
    sd_event_source_set_priority(source.state_->source, static_cast<std::int64_t>(urgency));
    return source;
}

std::expected<Timer, Error> Loop::timer(Urgency urgency, Timer::Callback callback) {
    Core& core = *core_;
    const auto [alarm, is_new] = core.alarms.try_emplace(urgency);
    if (is_new) {
        const int code = alarm->second.open(core.event.get(), urgency, core.turn);
        if (code != 0) {
            core.alarms.erase(alarm);
            return std::unexpected(Error{code, "create a timer"});
        }
    }
    Timer timer;
    timer.alarm_ = &alarm->second;
    timer.waiter_ = alarm->second.add(std::move(callback));
    return timer;
}

std::expected<Source, Error> Loop::on_signal(int signal, SignalCallback callback) {
    Source source;
    source.state_.reset(new Source::State);
    source.state_->turn = &core_->turn;
    source.state_->on_signal = std::move(callback);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    const int result = sd_event_add_signal(core_->event.get(), &source.state_->source, signal,
                                           Source::State::handle_signal, source.state_.get());
    if (result < 0) {
        return std::unexpected(Error{-result, "take signal " + std::to_string(signal)});
    }
    return source;
}

std::expected<int, Error> Loop::run() {
    const int result = sd_event_loop(core_->event.get());
    if (result < 0) {
        return std::unexpected(Error{-result, "run the event loop"});
    }
    return result;
}

void Loop::stop(int exit_code) {
    sd_event_exit(core_->event.get(), exit_code);
}

}  // namespace os
