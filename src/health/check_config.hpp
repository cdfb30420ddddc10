#pragma once

#include "health/probe_config.hpp"
#include "vrrp/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace health {

/// What a check has found. Unknown until there is a result.
enum class Verdict : std::uint8_t { unknown, good, bad };

[[nodiscard]] std::string_view to_text(Verdict verdict);

/// Good for bad, and bad for good.
[[nodiscard]] Verdict opposite(Verdict verdict);

/// One health check: a probe, and how its results become a verdict.
struct CheckConfig {
    std::string name;
    ProbeConfig probe;
    vrrp::Duration interval = std::chrono::seconds(1);  ///< of runs, from start to start, above 0
    vrrp::Duration timeout = std::chrono::seconds(1);   ///< of one run, above 0
    int rise = 1;               ///< good results in a row that turn bad into good, at least 1
    int fall = 1;               ///< bad results in a row that turn good into bad, at least 1
    std::optional<int> weight;  ///< -253 to 253: moves the priority; without one it is fatal
    Verdict initially = Verdict::unknown;  ///< until results say otherwise
    bool invert = false;                   ///< what the probe finds good is bad
    vrrp::Duration hold_good{0};  ///< how long a bad one must have been found good to be good
    std::string after;            ///< runs only while this other check is good; empty: always

    friend bool operator==(const CheckConfig&, const CheckConfig&) = default;
};

/// Whether the probe's number is a change of the priority even without a weight.
[[nodiscard]] bool says_priority(const ProbeConfig& probe);

/// How many results of this kind in a row turn the check at the latest: `rise` or `fall`, which
/// speak of the check, where it is inverted the other one than of its probe.
[[nodiscard]] constexpr int results_to_turn(const CheckConfig& check, bool is_good) {
    return is_good != check.invert ? check.rise : check.fall;
}

/// A router's use of a check, which may differ from that of others.
struct CheckUse {
    std::string name;
    std::optional<int> weight;  ///< as that of CheckConfig
    bool is_inverted = false;   ///< the router takes the check's good for bad

    friend bool operator==(const CheckUse&, const CheckUse&) = default;
};

}  // namespace health
