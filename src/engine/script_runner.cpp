#include "engine/script_runner.hpp"

#include "health/duration_text.hpp"
#include "health/script_run.hpp"
#include "os/log.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <string_view>
#include <utility>

namespace engine {

namespace {

/// How long after the kill the launcher's answer is waited for.
constexpr vrrp::Duration patience = std::chrono::seconds(1);

std::string seconds_text(vrrp::Duration duration) {
    return fmt::format("{:.3f} s", std::chrono::duration<double>(duration).count());
}

}  // namespace

std::expected<std::unique_ptr<ScriptRunner>, os::Error> ScriptRunner::create(
    ScriptSubject subject, config::StateScripts scripts, ToldState told, os::Launcher& launcher,
    os::Loop& loop, OnIdle on_idle) {
    std::unique_ptr<ScriptRunner> runner(new ScriptRunner(std::move(subject), std::move(scripts),
                                                          std::move(told), launcher, loop,
                                                          std::move(on_idle)));
    auto* const self = runner.get();
    auto timer =
        loop.timer(os::Urgency::checks, [self](vrrp::Instant now) { self->on_limit(now); });
    if (!timer) {
        return std::unexpected(timer.error());
    }
    runner->limit_timer_ = std::move(*timer);
    return runner;
}

ScriptRunner::ScriptRunner(ScriptSubject subject, config::StateScripts scripts, ToldState told,
                           os::Launcher& launcher, os::Loop& loop, OnIdle on_idle)
    : subject_(std::move(subject)),
      scripts_(std::move(scripts)),
      told_(std::move(told)),
      launcher_(launcher),
      loop_(loop),
      on_idle_(std::move(on_idle)) {}

void ScriptRunner::take(Notice notice, vrrp::Instant now) {
    if (const auto passed = queue_.add(notice)) {
        tell_passed_over(*passed, notice);
        counters_.passed_over += listeners_to(*passed, scripts_).empty() ? 0U : 1U;
    }
    begin_turns(now);
}

/// A state that no script asks for takes its turn too: those that wait are no longer so.
void ScriptRunner::begin_turns(vrrp::Instant now) {
    while (auto notice = queue_.next()) {
        auto listeners = listeners_to(*notice, scripts_);
        if (!notice->is_lower_master) {
            told_.clear();
        }
        turn_.emplace(std::move(*notice), std::move(listeners));
        begin_next(now);
        if (running_) {
            return;
        }
    }
    if (queue_.is_idle()) {
        on_idle_(now);
    }
}

/// The next script of the turn that can be started; where there is none, the turn is over.
void ScriptRunner::begin_next(vrrp::Instant now) {
    if (is_hurried(now) && turn_->next < turn_->listeners.size()) {
        tell_untold(turn_->notice, "the daemon stops");
        turn_->next = turn_->listeners.size();
    }
    while (!running_ && turn_->next < turn_->listeners.size()) {
        const Listener& listener = turn_->listeners[turn_->next++];
        begin(listener.script, command_of(listener, turn_->notice, subject_), false, now);
    }
    if (!running_) {
        if (!turn_->notice.is_lower_master) {
            told_.note(turn_->notice.to);
        }
        turn_.reset();
        queue_.done();
    }
}

void ScriptRunner::begin(const config::StateScript& script, os::Command command, bool is_repeated,
                         vrrp::Instant now) {
    auto run = launcher_.launch(
        command, [this](const os::RunResult& result, vrrp::Instant at) { on_end(result, at); },
        // Killed it does nothing more, whenever the kernel is done with it.
        [this](const std::string& output, vrrp::Instant at) {
            finish(false, health::with_output(running_->why_killed, output), at);
            begin_next(at);
            begin_turns(at);
        });
    running_.emplace(script, std::move(command), os::Run(), now, now + scripts_.timeout,
                     "killed after " + health::to_text(scripts_.timeout), false, is_repeated);
    if (!run) {
        finish(false, "cannot be executed: " + run.error().message(), now);
        return;
    }
    running_->run = std::move(*run);
    arm_limit();
}

void ScriptRunner::hurry(vrrp::Instant until) {
    hurry_until_ = until;
    if (running_ && !running_->is_killed) {
        arm_limit();
    }
}

/// Whether the turn in hand, of an earlier state, has no more time at the daemon's stop.
bool ScriptRunner::is_hurried(vrrp::Instant now) const {
    return hurry_until_ && turn_->notice.to != Standing::stop && now >= *hurry_until_;
}

void ScriptRunner::arm_limit() {
    if (is_hurried(running_->limit)) {
        running_->limit = *hurry_until_;
        running_->why_killed = "killed, as the daemon stops";
    }
    limit_timer_.arm(running_->limit);
}

/// First the time limit, then the end of the patience with the launcher.
void ScriptRunner::on_limit(vrrp::Instant now) {
    if (!std::exchange(running_->is_killed, true)) {
        running_->run.kill();
        limit_timer_.arm(now + patience);
        return;
    }
    finish(false, running_->why_killed, now);
    begin_next(now);
    begin_turns(now);
}

void ScriptRunner::on_end(const os::RunResult& result, vrrp::Instant now) {
    if (result.is_lost && !running_->is_killed && !running_->is_repeated) {
        const Running lost = std::move(*running_);
        running_.reset();
        begin(lost.script, lost.command, true, now);
    } else if (running_->is_killed) {
        finish(false, health::with_output(running_->why_killed, result.output), now);
    } else {
        const bool is_good = result.status == os::ExitStatus();
        const std::string detail = health::describe(result.status);
        finish(is_good, is_good ? detail : health::with_output(detail, result.output), now);
    }
    if (!running_) {
        begin_next(now);
        begin_turns(now);
    }
}

/// The script in hand is over.
void ScriptRunner::finish(bool is_good, const std::string& detail, vrrp::Instant now) {
    limit_timer_.disarm();
    const Running over = std::move(*running_);
    running_.reset();
    ++counters_.runs;
    counters_.failures += is_good ? 0U : 1U;
    last_ = ScriptResult{.script = over.script.key,
                         .state = std::string(word_of(turn_->notice)),
                         .is_good = is_good,
                         .detail = detail,
                         .duration = now - over.started_at,
                         .ended_at = loop_.wall_time(now)};
    os::log::write(is_good ? os::log::Level::info : os::log::Level::warning,
                   is_good ? "state script has run" : "state script failed",
                   {{subject_.is_group ? "group" : "router", subject_.name},
                    {"state", last_->state},
                    {"script", fmt::format("{}", fmt::join(over.script.command, " "))},
                    {"result", detail},
                    {"took", seconds_text(last_->duration)}});
}

void ScriptRunner::tell_passed_over(const Notice& passed, const Notice& by) const {
    if (listeners_to(passed, scripts_).empty()) {
        return;
    }
    const std::string why = running_
                                ? fmt::format("{} still ran, and {} has come since",
                                              fmt::join(running_->script.command, " "), word_of(by))
                                : fmt::format("{} has come since", word_of(by));
    tell_untold(passed, why);
}

void ScriptRunner::tell_untold(const Notice& notice, const std::string& why) const {
    os::log::warning("state is not told to its script",
                     {{subject_.is_group ? "group" : "router", subject_.name},
                      {"state", std::string(word_of(notice))},
                      {"reason", why}});
}

ScriptSnapshot ScriptRunner::snapshot() const {
    return {.is_group = subject_.is_group,
            .name = subject_.name,
            .running = running_ ? running_->script.key : "",
            .counters = counters_,
            .last = last_};
}

}  // namespace engine
