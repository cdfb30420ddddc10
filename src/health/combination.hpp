#pragma once

#include "health/check.hpp"

#include <optional>
#include <span>
#include <string>

namespace health {

/// What a combination asks of one of its members.
struct MemberState {
    std::string name;
    Verdict verdict = Verdict::unknown;
};

/// Whether at least `needed` of the members are good; nullopt while those that are unknown will
/// decide it. The detail names those that aren't good: "2 of 3 are good; bad: nginx".
[[nodiscard]] std::optional<ProbeResult> combine(int needed, std::span<const MemberState> members);

}  // namespace health
