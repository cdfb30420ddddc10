#include "health/priority.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "vrrp/router_config.hpp"

namespace health {

namespace {

constexpr int lowest = vrrp::last_resort_priority;
constexpr int highest = 254;

/// A number that says this, or less, makes a router unfit.
constexpr int unfit = -254;
constexpr int most = 253;

std::optional<int> of_number(std::int64_t number, const Opinion& opinion) {
    if (!opinion.weight && !opinion.adds_number) {
        return (number == 0) != opinion.is_inverted ? std::optional(0) : std::nullopt;
    }
    const std::int64_t said = number * opinion.weight.value_or(1);
    return said > unfit ? std::optional(static_cast<int>(std::min<std::int64_t>(said, most)))
                        : std::nullopt;
}

bool is_unknown(const Opinion& opinion) {
    return opinion.verdict == Verdict::unknown && !opinion.weight;
}

}  // namespace

std::optional<int> contribution(const Opinion& opinion) {
    if (opinion.number && opinion.verdict == Verdict::good) {
        return of_number(*opinion.number, opinion);
    }
    const Verdict verdict = opinion.is_inverted ? opposite(opinion.verdict) : opinion.verdict;
    if (!opinion.weight) {
        return verdict == Verdict::good ? std::optional(0) : std::nullopt;
    }
    return verdict == (*opinion.weight > 0 ? Verdict::good : Verdict::bad) ? *opinion.weight : 0;
}

std::uint8_t effective_priority(std::uint8_t base, bool is_last_resort,
                                std::span<const Opinion> opinions) {
    int priority = base;
    bool is_fit = true;
    for (const Opinion& opinion : opinions) {
        const auto change = contribution(opinion);
        is_fit = is_fit && change.has_value();
        priority += change.value_or(0);
    }
    if (!is_fit) {
        const bool is_known = std::ranges::any_of(opinions, [](const Opinion& opinion) {
            return !contribution(opinion) && !is_unknown(opinion);
        });
        return is_last_resort && is_known ? lowest : 0;
    }
    if (base == vrrp::owner_priority) {
        return base;
    }
    return static_cast<std::uint8_t>(std::clamp(priority, lowest, highest));
}

}  // namespace health
