#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "rehearse/invariants.hpp"
#include "rehearse/trace.hpp"

// The rules of sync groups, whose members share their fate.
namespace rehearse {

namespace {

using vrrp::State;

State state_of(const Witness& witness, std::size_t host) {
    return witness.host(host).router()->state();
}

bool all_are_masters(const Witness& witness, std::size_t first) {
    for (std::size_t i = first; i < first + witness.scenario().members; ++i) {
        if (!witness.is_master(i)) {
            return false;
        }
    }
    return true;
}

/// Whether each member of one machine has a higher priority than its counterpart.
bool is_better(const Witness& witness, std::size_t first, std::size_t other) {
    for (std::size_t i = 0; i < witness.scenario().members; ++i) {
        if (witness.host(first + i).router()->priority() <=
                witness.host(other + i).router()->priority() ||
            !witness.preempts(first + i)) {
            return false;
        }
    }
    return true;
}

/// S-8: two groups that hear each other in all their members are not masters for long.
std::optional<std::string> one_group_remains(const Witness& witness, vrrp::Instant now) {
    const std::size_t members = witness.scenario().members;
    for (std::size_t a = 0; a < witness.size(); a += members) {
        for (std::size_t b = 0; b < a; b += members) {
            bool are_both_masters = false;
            bool are_connected = true;
            vrrp::Instant since;
            for (std::size_t i = 0; i < members; ++i) {
                are_both_masters =
                    are_both_masters || (witness.is_master(a + i) && witness.is_master(b + i));
                are_connected = are_connected && witness.is_connected(a + i, b + i);
                since =
                    std::max({since, witness.trouble_at(a + i, b + i),
                              witness.facts(a + i).state_since, witness.facts(b + i).state_since});
            }
            if (are_both_masters && are_connected && now > since + witness.conflict_limit()) {
                return fmt::format("r{} and r{} are masters since {}", b, a, seconds_text(since));
            }
        }
    }
    return std::nullopt;
}

/// L-3: some time after the last trouble one machine is master with all of its members, and none is
/// better in all of them.
std::optional<std::string> groups_converge(const Witness& witness, vrrp::Instant now) {
    if (now - witness.trouble_at() <= witness.settling_limit() || !witness.is_connected(now)) {
        return std::nullopt;
    }
    const std::size_t members = witness.scenario().members;
    std::optional<std::size_t> master;
    bool is_anybody_eligible = false;
    for (std::size_t i = 0; i < witness.size(); i += members) {
        const bool is_eligible = witness.is_machine_eligible(i, now);
        is_anybody_eligible = is_anybody_eligible || is_eligible;
        if (!all_are_masters(witness, i)) {
            continue;
        }
        if (master || !is_eligible) {
            return fmt::format("the group of r{} should not be master", i);
        }
        master = i;
    }
    if (is_anybody_eligible && !master) {
        return "no group is master";
    }
    for (std::size_t i = 0; i < witness.size(); i += members) {
        if (master && witness.is_machine_eligible(i, now) && is_better(witness, i, *master)) {
            return fmt::format("the group of r{} is master, but r{}'s is better", *master, i);
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<Violation> check_groups(const Witness& witness, vrrp::Instant now) {
    if (auto finding = one_group_remains(witness, now)) {
        return Violation{"S-8 one master", now, *std::move(finding)};
    }
    if (auto finding = groups_converge(witness, now)) {
        return Violation{"L-3 rank convergence", now, *std::move(finding)};
    }
    return std::nullopt;
}

/// S-14: all members are masters or none is, but for those that make before they break; and a
/// group comes to rest.
std::optional<Violation> check_group(const Witness& witness, std::size_t first, bool is_restless,
                                     vrrp::Instant now) {
    constexpr std::string_view name = "S-14 sync group";
    if (is_restless) {
        return Violation{name, now, fmt::format("the group of r{} does not come to rest", first)};
    }
    const std::size_t end = first + witness.scenario().members;
    for (std::size_t one = first; one < end; ++one) {
        for (std::size_t other = first; other < end; ++other) {
            const bool is_out = state_of(witness, other) == State::backup ||
                                state_of(witness, other) == State::initialize;
            if (state_of(witness, one) == State::master && is_out) {
                return Violation{name, now, fmt::format("r{} is master, r{} is not", one, other)};
            }
        }
    }
    return std::nullopt;
}

}  // namespace rehearse
