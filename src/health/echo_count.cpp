#include "health/echo_count.hpp"

#include <fmt/format.h>

#include <cstddef>

#include "health/duration_text.hpp"

namespace health {

EchoCount::EchoCount(int requests) : requests_(requests) {
    waiting_.reserve(static_cast<std::size_t>(requests));
}

std::optional<std::uint16_t> EchoCount::next() const {
    if (static_cast<int>(waiting_.size()) == requests_) {
        return std::nullopt;
    }
    return static_cast<std::uint16_t>(waiting_.size() + 1);
}

void EchoCount::send(vrrp::Instant now) {
    waiting_.emplace_back(now);
}

void EchoCount::lose() {
    waiting_.emplace_back();
    ++unsent_;
}

std::optional<vrrp::Duration> EchoCount::take_answer(std::uint16_t sequence, vrrp::Instant now) {
    if (sequence == 0 || sequence > waiting_.size() || !waiting_[sequence - 1U]) {
        return std::nullopt;
    }
    const vrrp::Duration round_trip = now - *waiting_[sequence - 1U];
    waiting_[sequence - 1U].reset();
    ++answered_;
    total_ += round_trip;
    return round_trip;
}

ProbeResult EchoCount::judge(const PingProbeConfig& config, std::string_view reason) const {
    const int lost = requests_ - answered_;
    const bool loses_too_much = lost * 100 > config.max_loss_percent * requests_;
    const bool is_too_slow =
        answered_ > 0 && config.max_round_trip && mean() > *config.max_round_trip;
    std::string detail =
        fmt::format("{} of {} answered by {}", answered_, requests_, config.address.to_text());
    if (lost > 0) {
        detail += fmt::format(", {:.0f} % lost", 100.0 * lost / requests_);
    }
    if (loses_too_much) {
        detail += fmt::format(", at most {} %", config.max_loss_percent);
    }
    if (answered_ > 0) {
        detail += fmt::format("; mean {}", to_milliseconds_text(mean()));
    }
    if (is_too_slow) {
        detail += fmt::format(", at most {}", to_milliseconds_text(*config.max_round_trip));
    }
    if (lost > 0 && !reason.empty()) {
        detail += fmt::format("; {}", reason);
    }
    return {.is_good = !loses_too_much && !is_too_slow, .detail = detail};
}

}  // namespace health
