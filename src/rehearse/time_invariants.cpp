#include <algorithm>
#include <array>
#include <chrono>
#include <tuple>

#include <fmt/format.h>

#include "rehearse/invariants.hpp"
#include "rehearse/trace.hpp"

// The rules that are broken by something that lasts or does not come. Each tells what is wrong, or
// nothing.
namespace rehearse {

namespace {

using namespace std::chrono_literals;
using Finding = std::optional<std::string>;
using vrrp::State;

const vrrp::VirtualRouter& router_of(const Witness& witness, std::size_t host) {
    return *witness.host(host).router();
}

bool is_backup(const Witness& witness, std::size_t host) {
    return witness.host(host).is_running() && router_of(witness, host).state() == State::backup;
}

auto rank(const Witness& witness, std::size_t host) {
    return std::tuple(router_of(witness, host).priority(), witness.host(host).plan().source);
}

/// How long these two may both have been masters, from the last trouble or the second takeover on.
/// A better newcomer is heard at once; a worse one, or two that meet again, within an interval.
vrrp::Duration limit_of_conflict(const Witness& witness, std::size_t a, std::size_t b) {
    const HostFacts& first = witness.facts(a);
    const HostFacts& second = witness.facts(b);
    const std::size_t newcomer = first.state_since > second.state_since ? a : b;
    const std::size_t other = newcomer == a ? b : a;
    const bool begins_by_takeover =
        witness.facts(newcomer).state_since > witness.trouble_at(a, b) &&
        first.state_since != second.state_since;
    return begins_by_takeover && rank(witness, newcomer) > rank(witness, other)
               ? witness.scenario().lan.longest_delay
               : witness.conflict_limit(a, b);
}

/// S-8: two masters that hear each other don't last.
Finding one_master_remains(const Witness& witness, vrrp::Instant now) {
    for (std::size_t a = 0; a < witness.size(); ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            if (!witness.is_master(a) || !witness.is_master(b) || !witness.is_connected(a, b) ||
                !witness.scenario().shares_lan(a, b)) {
                continue;
            }
            const vrrp::Instant since =
                std::max({witness.trouble_at(a, b), witness.facts(a).state_since,
                          witness.facts(b).state_since});
            if (now > since + limit_of_conflict(witness, a, b)) {
                return fmt::format("r{} and r{} are masters since {}", b, a, seconds_text(since));
            }
        }
    }
    return std::nullopt;
}

/// S-10: a master advertises each interval.
Finding cadence_is_kept(const Witness& witness, vrrp::Instant now) {
    for (std::size_t i = 0; i < witness.size(); ++i) {
        const HostFacts& facts = witness.facts(i);
        const vrrp::Duration limit = witness.at_most(i, witness.host(i).plan().config.interval) +
                                     witness.scenario().lateness;
        if (witness.is_master(i) && now > std::max(facts.advertised_at, facts.thawed_at) + limit) {
            return fmt::format("r{} is silent since {}", i, seconds_text(facts.advertised_at));
        }
    }
    return std::nullopt;
}

/// L-1: a backup that hears nobody takes over after its down interval.
Finding crash_is_survived(const Witness& witness, vrrp::Instant now) {
    for (std::size_t i = 0; i < witness.size(); ++i) {
        if (!is_backup(witness, i)) {
            continue;
        }
        const HostFacts& facts = witness.facts(i);
        const vrrp::Duration down_interval = witness.at_most(i, witness.down_interval(i));
        // Priority 0 sets the timer anew, a little later at worst.
        const vrrp::Instant released_until = facts.released_at.value_or(vrrp::Instant{}) +
                                             witness.at_most(i, witness.succession_time(i));
        vrrp::Instant due =
            std::max(std::max(facts.spoken_to_at, facts.thawed_at) + down_interval, released_until);
        // Other settings that make it late make it listen for an interval more, and if they change
        // again, for more of them.
        due =
            std::max(due, facts.settings_changed_at + down_interval + witness.scenario().lateness);
        if (now > due + witness.scenario().lateness) {
            return fmt::format("r{} hears nobody since {} and does nothing", i,
                               seconds_text(facts.spoken_to_at));
        }
    }
    return std::nullopt;
}

/// L-2: a backup that heard priority 0 takes over after its skew, unless a better one has spoken.
Finding release_is_used(const Witness& witness, vrrp::Instant now) {
    for (std::size_t i = 0; i < witness.size(); ++i) {
        const HostFacts& facts = witness.facts(i);
        if (!is_backup(witness, i) || !facts.released_at || facts.thawed_at >= *facts.released_at) {
            continue;
        }
        // As with crashes: other settings may make it listen for an interval more.
        const vrrp::Duration listens =
            facts.settings_changed_at < *facts.released_at
                ? vrrp::Duration(0)
                : witness.at_most(i, facts.interval + witness.skew_time(i)) +
                      witness.scenario().lateness;
        const vrrp::Instant due =
            std::max(*facts.released_at + witness.at_most(i, witness.succession_time(i)),
                     facts.settings_changed_at + listens);
        if (now > due + witness.scenario().lateness) {
            return fmt::format("r{} heard priority 0 at {} and does nothing", i,
                               seconds_text(*facts.released_at));
        }
    }
    return std::nullopt;
}

/// L-3: some time after the last trouble everybody fit is in the election, one is master, and no
/// router that preempts has a higher priority.
Finding ranks_converge(const Witness& witness, vrrp::Instant now) {
    if (now - witness.trouble_at() <= witness.settling_limit() || !witness.is_connected(now)) {
        return std::nullopt;
    }
    std::optional<std::size_t> master;
    bool is_anybody_eligible = false;
    for (std::size_t i = 0; i < witness.size(); ++i) {
        const bool is_eligible = witness.is_eligible(i, now);
        is_anybody_eligible = is_anybody_eligible || is_eligible;
        if (is_eligible && !is_backup(witness, i) && !witness.is_master(i)) {
            return fmt::format("r{} is fit, but not in the election", i);
        }
        if (witness.is_master(i)) {
            if (master || !is_eligible) {
                return fmt::format("r{} should not be master", i);
            }
            master = i;
        }
    }
    if (!is_anybody_eligible) {
        return std::nullopt;
    }
    if (!master) {
        return "nobody is master";
    }
    for (std::size_t i = 0; i < witness.size(); ++i) {
        if (is_backup(witness, i) && witness.preempts(i) &&
            router_of(witness, i).priority() > router_of(witness, *master).priority()) {
            return fmt::format("r{} is master, but r{} is better", *master, i);
        }
    }
    return std::nullopt;
}

/// L-4: where nobody preempts, the only master stays.
Finding incumbent_stays(const Witness& witness, vrrp::Instant /*now*/) {
    if (witness.incumbent() && !witness.is_master(*witness.incumbent())) {
        return fmt::format("r{} was the only master and is not any more", *witness.incumbent());
    }
    return std::nullopt;
}

/// What a master that has answered a moment ago does not answer, its next announcement does.
vrrp::Duration announcement_limit(const Witness& witness) {
    return std::max(witness.conflict_limit(), vrrp::Duration(201ms) + witness.scenario().lateness);
}

/// L-7: after two masters have met, the last to announce the addresses is the one that remains,
/// unless the last words of the other were lost.
Finding survivor_announces_again(const Witness& witness, vrrp::Instant now) {
    for (std::size_t loser = 0; loser < witness.size(); ++loser) {
        const HostFacts& lost = witness.facts(loser);
        if (!lost.yielded_at || now <= *lost.yielded_at + announcement_limit(witness) ||
            witness.host(loser).plan().config.strict) {
            continue;
        }
        for (std::size_t i = 0; i < witness.size(); ++i) {
            const bool is_judged = witness.is_master(i) && witness.is_connected(i, loser) &&
                                   witness.trouble_at(i, loser) < *lost.yielded_at &&
                                   !router_of(witness, i).config().strict;
            if (is_judged && witness.facts(i).announced_at < lost.announced_at) {
                return fmt::format("the last to announce is r{}, not the master r{}", loser, i);
            }
        }
    }
    return std::nullopt;
}

/// L-8: a check changes its verdict no more often than rise and fall allow.
Finding verdicts_are_damped(const Witness& witness, vrrp::Instant /*now*/) {
    for (std::size_t i = 0; i < witness.size(); ++i) {
        const ServicePlan& service = witness.host(i).plan().service;
        const HostFacts& facts = witness.facts(i);
        const int cycle = service.rise + service.fall;
        const int cycles = (facts.probes + cycle - 1) / cycle;
        if (facts.verdicts > 2 * cycles + 1) {
            return fmt::format("r{}: {} verdicts of {} probes", i, facts.verdicts, facts.probes);
        }
    }
    return std::nullopt;
}

/// L-9: while nothing changes outside, also on a LAN that is broken in one direction, nobody takes
/// over again and again.
Finding nothing_oscillates(const Witness& witness, vrrp::Instant /*now*/) {
    // Groups that outrank each other, each in another member, give way to each other at first; of
    // more than two, several times.
    const std::size_t members = witness.scenario().members;
    const std::size_t machines = witness.size() / members;
    const int most_takeovers = members == 1 ? 3 : machines == 2 ? 4 : 12;
    for (std::size_t i = 0; i < witness.size(); ++i) {
        if (witness.facts(i).takeovers > most_takeovers) {
            return fmt::format("r{} has taken over {} times since {}", i,
                               witness.facts(i).takeovers, seconds_text(witness.trouble_at()));
        }
    }
    return std::nullopt;
}

struct Rule {
    std::string_view name;
    Finding (*look)(const Witness&, vrrp::Instant);
    bool is_for_groups = true;  ///< whose members wait for each other
};

constexpr std::array rules{
    Rule{"S-8 one master", one_master_remains, false},
    Rule{"S-10 cadence", cadence_is_kept},
    Rule{"L-1 crash takeover", crash_is_survived, false},
    Rule{"L-2 release takeover", release_is_used, false},
    Rule{"L-3 rank convergence", ranks_converge, false},
    Rule{"L-4 incumbent stability", incumbent_stays, false},
    Rule{"L-7 the survivor announces", survivor_announces_again, false},
    Rule{"L-8 flapping is bounded", verdicts_are_damped},
    Rule{"L-9 no oscillation", nothing_oscillates},
};

}  // namespace

std::optional<Violation> check_time(const Witness& witness, vrrp::Instant now) {
    const bool is_grouped = witness.scenario().members > 1;
    for (const Rule& rule : rules) {
        if (is_grouped && !rule.is_for_groups) {
            continue;
        }
        if (auto finding = rule.look(witness, now)) {
            return Violation{rule.name, now, *std::move(finding)};
        }
    }
    if (auto violation = check_leases(witness, now)) {
        return violation;
    }
    return is_grouped ? check_groups(witness, now) : std::nullopt;
}

}  // namespace rehearse
