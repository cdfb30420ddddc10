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
    std::optional<int> number;  ///< what the check itself says; counts `weight` times
    bool adds_number = false;   ///< without a weight the number counts once, instead of being fatal
    bool is_inverted = false;   ///< good is taken for bad, and 0 for another number
};

/// What a check adds to the priority: with a number that times the weight, at most 253; else a
/// positive weight while it is good, a negative one while it is bad. nullopt: the router is unfit:
/// a fatal check is not good or says another number than 0, or a number says so with -254 or less.
[[nodiscard]] std::optional<int> contribution(const Opinion& opinion);

/// The priority that a router of this base priority (1 to 255) has under these opinions: 0 while
/// one of them makes it unfit, else the base and all contributions within 1 to 254. The owner's 255
/// stays 255 while it is fit. A `last_resort` that is unfit, and knows it of one check, has 1.
[[nodiscard]] std::uint8_t effective_priority(std::uint8_t base, bool is_last_resort,
                                              std::span<const Opinion> opinions);

}  // namespace health
