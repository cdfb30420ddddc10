#include "health/priority.hpp"

#include <algorithm>

#include "vrrp/router_config.hpp"

namespace health {

namespace {

constexpr int lowest = 1;
constexpr int highest = 254;

bool counts(const Opinion& opinion) {
    return opinion.verdict == (*opinion.weight > 0 ? Verdict::good : Verdict::bad);
}

}  // namespace

std::uint8_t effective_priority(std::uint8_t base, std::span<const Opinion> opinions) {
    int priority = base;
    for (const Opinion& opinion : opinions) {
        if (!opinion.weight) {
            if (opinion.verdict != Verdict::good) {
                return 0;
            }
        } else if (counts(opinion)) {
            priority += *opinion.weight;
        }
    }
    if (base == vrrp::owner_priority) {
        return base;
    }
    return static_cast<std::uint8_t>(std::clamp(priority, lowest, highest));
}

}  // namespace health
