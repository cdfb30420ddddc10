#include "health/check.hpp"

#include <fmt/format.h>

#include <utility>

namespace health {

std::string_view to_text(Verdict verdict) {
    switch (verdict) {
        case Verdict::good: return "good";
        case Verdict::bad: return "bad";
        case Verdict::unknown: break;
    }
    return "unknown";
}

Verdict opposite(Verdict verdict) {
    switch (verdict) {
        case Verdict::good: return Verdict::bad;
        case Verdict::bad: return Verdict::good;
        case Verdict::unknown: break;
    }
    return Verdict::unknown;
}

bool says_priority(const ProbeConfig& probe) {
    const auto* const script = std::get_if<ScriptProbeConfig>(&probe);
    const auto* const file = std::get_if<FileProbeConfig>(&probe);
    return (script != nullptr && script->exit == ExitMeaning::weight) ||
           (file != nullptr && file->wish == FileWish::number);
}

Check::Check(CheckConfig config)
    : config_(std::move(config)), verdict_(config_.initially), detail_("no result yet") {}

std::optional<CheckChanged> Check::handle(const CheckEvent& event, vrrp::Instant now) {
    return std::visit([&](const auto& what) { return on(what, now); }, event);
}

void Check::reconfigure(CheckConfig config, vrrp::Instant now) {
    const bool sees_another = config.probe != config_.probe || config.invert != config_.invert;
    config_ = std::move(config);
    if (sees_another) {
        is_provisional_ = true;
        started_at_ = now;
        streak_ = 0;
        against_since_.reset();
    }
}

std::optional<vrrp::Instant> Check::deadline() const {
    if (started_at_ && (verdict_ == Verdict::unknown || is_provisional_)) {
        return *started_at_ + config_.interval + config_.timeout;
    }
    // Only what is held back by time alone: probes that are told of changes repeat nothing.
    const bool is_held = verdict_ == Verdict::bad && against_since_ && streak_ >= config_.rise;
    return is_held ? std::optional(*against_since_ + config_.hold_good) : std::nullopt;
}

std::optional<CheckChanged> Check::on(const ProbeStarted& /*event*/, vrrp::Instant now) {
    started_at_ = now;
    is_provisional_ = false;
    detail_ = "no result yet";
    const bool is_news = std::exchange(waits_for_failure_, false);
    const auto change = become(config_.initially, now);
    return change || !is_news ? change : std::optional(CheckChanged{verdict_, verdict_});
}

std::optional<CheckChanged> Check::on(const ProbeSuspended& event, vrrp::Instant now) {
    started_at_.reset();
    is_provisional_ = false;
    number_.reset();
    detail_ = event.reason;
    warning_.clear();
    const bool is_news =
        std::exchange(waits_for_failure_, event.is_for_failure) != event.is_for_failure;
    const auto change = become(Verdict::unknown, now);
    return change || !is_news ? change : std::optional(CheckChanged{});
}

std::optional<CheckChanged> Check::on(const ProbeResult& result, vrrp::Instant now) {
    started_at_.reset();
    waits_for_failure_ = false;
    detail_ = result.detail;
    warning_ = result.warning;
    const auto number_before = number_;
    if (result.is_good) {
        number_ = result.number;
    }
    const Verdict seen = result.is_good != config_.invert ? Verdict::good : Verdict::bad;
    ++(seen == Verdict::good ? results_.good : results_.bad);
    count(seen, now);
    const bool decides = std::exchange(is_provisional_, false);
    if (seen != verdict_ && (decides || is_convinced(now))) {
        return become(seen, now);
    }
    return number_ != number_before ? std::optional(CheckChanged{verdict_, verdict_})
                                    : std::nullopt;
}

std::optional<CheckChanged> Check::on(const CheckTimeout& /*event*/, vrrp::Instant now) {
    const auto due = deadline();
    if (!due || now < *due) {
        return std::nullopt;
    }
    if (started_at_) {
        started_at_.reset();
        is_provisional_ = false;
        detail_ =
            fmt::format("no result within {:g} s",
                        std::chrono::duration<double>(config_.interval + config_.timeout).count());
        return become(Verdict::bad, now);
    }
    return become(Verdict::good, now);
}

std::optional<CheckChanged> Check::become(Verdict verdict, vrrp::Instant now) {
    streak_ = 0;
    against_since_.reset();
    if (verdict == verdict_) {
        return std::nullopt;
    }
    since_ = now;
    return CheckChanged{.from = std::exchange(verdict_, verdict), .to = verdict};
}

void Check::count(Verdict seen, vrrp::Instant now) {
    if (seen == verdict_) {
        streak_ = 0;
        against_since_.reset();
        return;
    }
    ++streak_;
    against_since_ = against_since_.value_or(now);
}

/// Whether what speaks against the verdict is enough to change it.
bool Check::is_convinced(vrrp::Instant now) const {
    switch (verdict_) {
        case Verdict::unknown: return true;
        case Verdict::good: return streak_ >= config_.fall;
        case Verdict::bad: break;
    }
    return streak_ >= config_.rise && now >= *against_since_ + config_.hold_good;
}

}  // namespace health
