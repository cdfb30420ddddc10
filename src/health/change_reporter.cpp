#include "health/change_reporter.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace health {

namespace {

constexpr vrrp::Duration repeat_interval = std::chrono::milliseconds(50);

}  // namespace

ChangeReporter::ChangeReporter(const CheckConfig& check, ProbeContext context, Judge judge)
    : loop_(context.loop),
      good_repeats_(results_to_turn(check, true)),
      bad_repeats_(results_to_turn(check, false)),
      report_(std::move(context.report)),
      note_(std::move(context.note)),
      judge_(std::move(judge)) {}

std::expected<void, os::Error> ChangeReporter::start() {
    auto timer = loop_.timer(os::Urgency::checks, [this](vrrp::Instant now) { on_timer(now); });
    if (!timer) {
        return std::unexpected(timer.error());
    }
    timer_ = std::move(*timer);
    look();
    return {};
}

void ChangeReporter::look() {
    look_at(loop_.now());
}

void ChangeReporter::look_at(vrrp::Instant at) {
    if (!armed_for_ || at < *armed_for_) {
        armed_for_ = at;
        timer_.arm(at);
    }
}

void ChangeReporter::on_timer(vrrp::Instant now) {
    armed_for_.reset();
    const auto result = judge_();
    if (!result || !is_news(*result)) {
        return;
    }
    if (repeats_ > 0) {
        look_at(now + repeat_interval);
    }
    if (note_) {
        note_(result->detail);
    }
    report_(*result, now);
}

bool ChangeReporter::is_news(const ProbeResult& result) {
    const bool is_other = !reported_ || reported_->is_good != result.is_good;
    if (is_other) {
        repeats_ = result.is_good ? good_repeats_ : bad_repeats_;
    }
    const bool is_repeat = std::exchange(repeats_, std::max(repeats_ - 1, 0)) > 0;
    return std::exchange(reported_, result) != result || is_repeat;
}

}  // namespace health
