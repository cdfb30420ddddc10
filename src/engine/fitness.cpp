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

std::string Fitness::why_unfit() const {
    for (const TrackedCheck& tracked : checks_) {
        if (!health::contribution(opinion(tracked))) {
            return fmt::format("check {}: {}", tracked.check->config().name,
                               tracked.check->detail());
        }
    }
    return "";
}

std::vector<PriorityPart> Fitness::parts() const {
    std::vector<PriorityPart> parts;
    for (const TrackedCheck& tracked : checks_) {
        parts.push_back({tracked.check->config().name, health::contribution(opinion(tracked))});
    }
    return parts;
}

health::Opinion Fitness::opinion(const TrackedCheck& tracked) const {
    const health::Verdict verdict = tracked.check->verdict();
    if (verdict == health::Verdict::unknown && assumes_health_) {
        return {.verdict = health::Verdict::good, .weight = tracked.weight};
    }
    return {.verdict = verdict,
            .weight = tracked.weight,
            .number = tracked.check->number(),
            .is_inverted = tracked.is_inverted};
}

}  // namespace engine
