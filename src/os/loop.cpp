#include "os/loop.hpp"

#include <sys/signalfd.h>

#include <cassert>
#include <csignal>
#include <utility>

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

/// What the C callbacks are given; pinned, since sd-event keeps its address.
struct Source::State {
    sd_event_source* source = nullptr;
    Loop::IoCallback on_io;
    Timer::Callback on_time;
    Loop::SignalCallback on_signal;
    bool is_in_callback = false;
    bool is_released = false;

    static int handle_io(sd_event_source* source, int fd, std::uint32_t events, void* self);
    static int handle_time(sd_event_source* source, std::uint64_t at, void* self);
    static int handle_signal(sd_event_source* source, const signalfd_siginfo* info, void* self);

    /// Runs a callback that may release its own Source.
    template <typename Call>
    int guarded(sd_event_source* from, Call call) {
        is_in_callback = true;
        call(wake_up_time(sd_event_source_get_event(from)));
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

int Source::State::handle_time(sd_event_source* source, std::uint64_t /*at*/, void* self) {
    auto* state = static_cast<State*>(self);
    return state->guarded(source, [&](vrrp::Instant now) { state->on_time(now); });
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

void Timer::arm(vrrp::Instant at) {
    assert(source_.is_active());
    sd_event_source_set_time(source_.state_->source, to_microseconds(at));
    sd_event_source_set_enabled(source_.state_->source, SD_EVENT_ONESHOT);
}

void Timer::disarm() {
    if (source_.is_active()) {
        sd_event_source_set_enabled(source_.state_->source, SD_EVENT_OFF);
    }
}

std::expected<Loop, Error> Loop::create() {
    sd_event* event = nullptr;
    if (const int result = sd_event_new(&event); result < 0) {
        return std::unexpected(Error{-result, "create the event loop"});
    }
    return Loop(event);
}

vrrp::Instant Loop::now() const {
    return wake_up_time(event_.get());
}

std::chrono::system_clock::time_point Loop::wall_time(vrrp::Instant at) const {
    std::uint64_t wall = 0;
    sd_event_now(event_.get(), CLOCK_REALTIME, &wall);
    const auto ago = std::chrono::duration_cast<std::chrono::microseconds>(now() - at);
    return std::chrono::system_clock::time_point(std::chrono::microseconds(wall) - ago);
}

std::expected<Source, Error> Loop::watch(int fd, std::uint32_t epoll_events, Urgency urgency,
                                         IoCallback callback) {
    Source source;
    source.state_.reset(new Source::State);
    source.state_->on_io = std::move(callback);
    const int result = sd_event_add_io(event_.get(), &source.state_->source, fd, epoll_events,
                                       Source::State::handle_io, source.state_.get());
    if (result < 0) {
        return std::unexpected(Error{-result, "watch a descriptor"});
    }
    sd_event_source_set_priority(source.state_->source, static_cast<std::int64_t>(urgency));
    return source;
}

std::expected<Timer, Error> Loop::timer(Urgency urgency, Timer::Callback callback) {
    Timer timer;
    timer.source_.state_.reset(new Source::State);
    auto& state = *timer.source_.state_;
    state.on_time = std::move(callback);
    // The accuracy is said in full: the default lets timers drift by 250 ms.
    const int result = sd_event_add_time(event_.get(), &state.source, CLOCK_BOOTTIME, 0, 1,
                                         Source::State::handle_time, &state);
    if (result < 0) {
        return std::unexpected(Error{-result, "create a timer"});
    }
    sd_event_source_set_enabled(state.source, SD_EVENT_OFF);
    sd_event_source_set_priority(state.source, static_cast<std::int64_t>(urgency));
    return timer;
}

std::expected<Source, Error> Loop::on_signal(int signal, SignalCallback callback) {
    Source source;
    source.state_.reset(new Source::State);
    source.state_->on_signal = std::move(callback);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    const int result = sd_event_add_signal(event_.get(), &source.state_->source, signal,
                                           Source::State::handle_signal, source.state_.get());
    if (result < 0) {
        return std::unexpected(Error{-result, "take signal " + std::to_string(signal)});
    }
    return source;
}

std::expected<int, Error> Loop::run() {
    const int result = sd_event_loop(event_.get());
    if (result < 0) {
        return std::unexpected(Error{-result, "run the event loop"});
    }
    return result;
}

void Loop::stop(int exit_code) {
    sd_event_exit(event_.get(), exit_code);
}

}  // namespace os
