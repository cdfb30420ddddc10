#include "health/periodic_probe.hpp"

#include "health/duration_text.hpp"

#include <fmt/format.h>

#include <utility>

namespace health {

StartedProbe PeriodicProbe::start(const CheckConfig& check, ProbeContext context,
                                  BeginAttempt begin) {
    os::Loop& loop = context.loop;
    std::unique_ptr<PeriodicProbe> probe(
        new PeriodicProbe(check, std::move(context), std::move(begin)));
    auto* self = probe.get();
    auto start_timer =
        loop.timer(os::Urgency::checks, [self](vrrp::Instant now) { self->on_start_time(now); });
    if (!start_timer) {
        return std::unexpected(start_timer.error());
    }
    auto limit_timer =
        loop.timer(os::Urgency::checks, [self](vrrp::Instant now) { self->on_limit(now); });
    if (!limit_timer) {
        return std::unexpected(limit_timer.error());
    }
    probe->start_timer_ = std::move(*start_timer);
    probe->limit_timer_ = std::move(*limit_timer);
    probe->start_timer_.arm(probe->schedule_.next());
    return probe;
}

PeriodicProbe::PeriodicProbe(const CheckConfig& check, ProbeContext context, BeginAttempt begin)
    : timeout_(check.timeout),
      schedule_(check.interval, context.slot, context.loop.now()),
      report_(std::move(context.report)),
      begin_(std::move(begin)) {}

void PeriodicProbe::on_start_time(vrrp::Instant now) {
    const vrrp::Instant due = schedule_.next();
    schedule_.advance(now);
    if (attempt_) {
        start_timer_.arm(schedule_.next());
        return;
    }
    auto attempt =
        begin_([this](const ProbeResult& result, vrrp::Instant at) { finish(result, at); }, now);
    if (!attempt) {
        start_timer_.arm(schedule_.next());
        report_(attempt.error(), now);
        return;
    }
    attempt_ = std::move(*attempt);
    // From when it should have begun, so that a limit as long as the interval ends before the next
    // start: of two timers for one instant the one that was armed first is called first.
    const bool is_in_time = now - due < timeout_ / 10;
    limit_timer_.arm((is_in_time ? due : now) + timeout_);
    start_timer_.arm(schedule_.next());
}

void PeriodicProbe::on_limit(vrrp::Instant now) {
    const std::string progress = attempt_->progress();
    finish({.is_good = false,
            .detail = fmt::format("timed out after {}{}{}", to_text(timeout_),
                                  progress.empty() ? "" : " while ", progress)},
           now);
}

void PeriodicProbe::finish(const ProbeResult& result, vrrp::Instant now) {
    limit_timer_.disarm();
    // The result may be a part of the attempt, which goes before what the report may destroy.
    const ProbeResult copy = result;
    attempt_.reset();
    report_(copy, now);
}

}  // namespace health
