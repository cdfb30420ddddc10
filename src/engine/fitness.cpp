#include "engine/fitness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace engine {

Fitness::Fitness(std::uint8_t base, bool is_last_resort, std::vector<TrackedCheck> checks)
    : base_(base), is_last_resort_(is_last_resort), checks_(std::move(checks)) {}

bool Fitness::uses(const health::Check& check) const {
    return std::ranges::find(checks_, &check, &TrackedCheck::check) != checks_.end();
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
    if (verdict == health::Verdict::unknown && assumes_health_) {
        return {.verdict = health::Verdict::good, .weight = tracked.weight};
    }
    return {.verdict = verdict,
            .weight = tracked.weight,
            .number = tracked.check->number(),
            .adds_number = health::says_priority(tracked.check->config().probe),
            .is_inverted = tracked.is_inverted};
}

}  // namespace engine
