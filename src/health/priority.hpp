#pragma once

#include "health/check.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace health {

/// What one check has to say about a router's priority.
struct Opinion {
    Verdict verdict = Verdict::unknown;
    std::optional<int> weight;  ///< nullopt: fatal
};

/// The priority that a router of this base priority (1 to 255) has under these opinions: 0 while a
/// fatal check is bad or unknown, else the base and all weights within 1 to 254. A positive weight
/// counts while its check is good, a negative one while it is bad. The owner's 255 stays 255, but
/// for fatal checks.
[[nodiscard]] std::uint8_t effective_priority(std::uint8_t base, std::span<const Opinion> opinions);

}  // namespace health
