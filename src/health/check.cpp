#include "health/check.hpp"

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

Check::Check(CheckConfig config) : config_(std::move(config)) {}

std::optional<VerdictChanged> Check::handle(const ProbeResult& result, vrrp::Instant now) {
    detail_ = result.detail;
    const Verdict seen = result.is_good ? Verdict::good : Verdict::bad;
    if (seen == verdict_) {
        streak_ = 0;
        return std::nullopt;
    }
    ++streak_;
    const int needed = seen == Verdict::good ? config_.rise : config_.fall;
    if (verdict_ != Verdict::unknown && streak_ < needed) {
        return std::nullopt;
    }
    streak_ = 0;
    since_ = now;
    return VerdictChanged{.from = std::exchange(verdict_, seen), .to = seen};
}

}  // namespace health
