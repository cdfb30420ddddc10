#include "health/combination.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace health {

namespace {

std::string list(std::span<const MemberState> members, Verdict verdict) {
    std::string names;
    for (const MemberState& member : members) {
        if (member.verdict == verdict) {
            names += (names.empty() ? "" : ", ") + member.name;
        }
    }
    return names.empty() ? "" : fmt::format("; {}: {}", to_text(verdict), names);
}

}  // namespace

std::optional<ProbeResult> combine(int needed, std::span<const MemberState> members) {
    const auto good = std::ranges::count(members, Verdict::good, &MemberState::verdict);
    const auto unknown = std::ranges::count(members, Verdict::unknown, &MemberState::verdict);
    if (good < needed && good + unknown >= needed) {
        return std::nullopt;
    }
    return ProbeResult{
        .is_good = good >= needed,
        .detail = fmt::format("{} of {} are good, {} needed{}{}", good, members.size(), needed,
                              list(members, Verdict::bad), list(members, Verdict::unknown)),
        .number = std::nullopt,
        .warning = {}};
}

}  // namespace health
