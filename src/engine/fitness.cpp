#include "engine/fitness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace engine {

Fitness::Fitness(std::uint8_t base, bool is_last_resort, std::vector<TrackedCheck> checks)
    : base_(base), is_last_resort_(is_last_resort), checks_(std::move(checks)) {}

void Fitness::succeed(const Fitness& before) {
    assumes_health_ = before.assumes_health_;
    for (TrackedCheck& tracked : checks_) {
        const auto was = std::ranges::find(before.checks_, tracked.check, &TrackedCheck::check);
        const bool is_new = was == before.checks_.end();
        tracked.is_assumed = !tracked.weight && (is_new || was->is_assumed);
    }
}

void Fitness::assume(std::span<const std::string> changed) {
    for (TrackedCheck& tracked : checks_) {
        const bool is_changed =
            std::ranges::find(changed, tracked.check->config().name) != changed.end();
        tracked.is_assumed |=
            is_changed && !tracked.weight && tracked.check->verdict() == health::Verdict::good;
    }
}

bool Fitness::take(const health::Check& check) {
    const auto tracked = std::ranges::find(checks_, &check, &TrackedCheck::check);
    if (tracked == checks_.end()) {
        return false;
    }
    tracked->is_assumed &= check.verdict() == health::Verdict::unknown;
    return true;
}

std::uint8_t Fitness::priority() const {
    std::vector<health::Opinion> opinions;
    for (const TrackedCheck& tracked : checks_) {
        opinions.push_back(opinion(tracked));
    }
    return health::effective_priority(base_, is_last_resort_, opinions);
}

bool Fitness::is_undecided() const {
    bool is_waiting = false;
    for (const TrackedCheck& tracked : checks_) {
        const health::Opinion seen = opinion(tracked);
        if (!health::contribution(seen)) {
            if (seen.verdict != health::Verdict::unknown) {
                return false;
            }
            is_waiting = true;
        }
    }
    return is_waiting;
}

std::string Fitness::why_unfit() const {
    std::string why;
    for (const TrackedCheck& tracked : checks_) {
        const health::Check& check = *tracked.check;
        if (health::contribution(opinion(tracked))) {
            continue;
        }
        // What others wait for says more than that they do.
        const bool is_cause = check.verdict() != health::Verdict::unknown;
        if (why.empty() || is_cause) {
            why = fmt::format("check {}: {}", check.config().name, check.detail());
        }
        if (is_cause) {
            break;
        }
    }
    return why;
}

std::vector<PriorityPart> Fitness::parts() const {
    std::vector<PriorityPart> parts;
    for (const TrackedCheck& tracked : checks_) {
        parts.push_back({tracked.check->config().name, health::contribution(opinion(tracked))});
    }
    return parts;
}

health::Opinion Fitness::opinion(const TrackedCheck& tracked) const {
    health::Verdict verdict = tracked.check->verdict();
    // A fatal check that can't run before another one is good again is as bad as that one.
    if (!tracked.weight && tracked.check->waits_for_failure()) {
        verdict = health::Verdict::bad;
    }
    if (verdict == health::Verdict::unknown && (assumes_health_ || tracked.is_assumed)) {
        return {.verdict = health::Verdict::good, .weight = tracked.weight};
    }
    return {.verdict = verdict,
            .weight = tracked.weight,
            .number = tracked.check->number(),
            .adds_number = health::says_priority(tracked.check->config().probe),
            .is_inverted = tracked.is_inverted};
}

}  // namespace engine
