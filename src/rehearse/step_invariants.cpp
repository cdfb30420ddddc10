#include <algorithm>
#include <array>
#include <chrono>
#include <tuple>
#include <variant>

#include <fmt/format.h>

#include "rehearse/invariants.hpp"
#include "rehearse/trace.hpp"

// The rules that one step of one router can break. Each tells what is wrong, or nothing. Times are
// computed anew by the witness from RFC 3768 and 9568, section 6.1, not taken from the code under
// test.
namespace rehearse {

namespace {

using namespace std::chrono_literals;
using Finding = std::optional<std::string>;
using vrrp::State;

constexpr vrrp::Duration assert_gap = 100ms;

bool serves(State state) {
    return state == State::master || state == State::leaving;
}

template <typename Kind>
long count(const Step& step) {
    return std::ranges::count_if(step.effects, [](const vrrp::Effect& effect) {
        return std::holds_alternative<Kind>(effect);
    });
}

long count_adverts(const Step& step, bool farewells) {
    return std::ranges::count_if(step.effects, [farewells](const vrrp::Effect& effect) {
        const auto* sent = std::get_if<vrrp::SendAdvertisement>(&effect);
        return sent != nullptr && (sent->priority == 0) == farewells;
    });
}

/// A master that woke too late lets go of everything first, whatever woke it.
bool has_stalled(const Step& step) {
    return std::ranges::any_of(step.effects, [](const vrrp::Effect& effect) {
        const auto* change = std::get_if<vrrp::StateChanged>(&effect);
        return change != nullptr && change->cause == vrrp::Cause::stalled;
    });
}

bool becomes_master(const Step& step) {
    return step.before.state != State::master && step.after.state == State::master;
}

const vrrp::RouterConfig& config_of(const Witness& witness, const Step& step) {
    return witness.host(step.host).plan().config;
}

bool leaves_office(const Step& step) {
    return step.before.state == State::master &&
           (step.after.state == State::leaving || step.after.state == State::initialize);
}

/// Who was frozen for longer than the lease does not know it until it is told, as a master.
bool may_lack_addresses(const Host& host, const Step& step) {
    return host.has_run_out() && !std::holds_alternative<vrrp::AddressesLost>(step.event);
}

/// S-1: addresses stand exactly while a router serves, or until their lease ends; and who is to
/// resume finds them there.
Finding state_and_kernel_agree(const Witness& witness, const Step& step) {
    const Host& host = witness.host(step.host);
    const bool is_excused = step.has_addresses ? host.is_resuming : may_lack_addresses(host, step);
    if (step.install_failed || is_excused || step.has_addresses == serves(step.after.state)) {
        return std::nullopt;
    }
    return step.has_addresses ? "addresses stand, but it does not serve"
                              : "it serves, but the addresses are gone";
}

/// Version 3 tells the shortest interval before it says farewell, with the priority it had.
bool may_squeeze(const Witness& witness, const Step& step) {
    const vrrp::RouterConfig& config = config_of(witness, step);
    return leaves_office(step) && config.version == vrrp::Version::v3 && !config.strict;
}

/// S-2: only a master advertises, with its own priority, the last time just before it lets go of
/// the addresses; priority 0 is said in leaving only.
Finding adverts_have_authority(const Witness& witness, const Step& step) {
    const bool was_master = step.before.state == State::master;
    bool is_in_office = step.after.state == State::master || was_master;
    const bool is_strict = config_of(witness, step).strict;
    const int farewells =
        leaves_office(step) ? (is_strict ? 1 : 2) : witness.facts(step.host).farewells_left;
    for (const vrrp::Effect& effect : step.effects) {
        const auto* sent = std::get_if<vrrp::SendAdvertisement>(&effect);
        if (sent == nullptr) {
            is_in_office = is_in_office && !std::holds_alternative<vrrp::RemoveAddresses>(effect);
            continue;
        }
        if (!step.after.source) {
            return "an advert without a source address";
        }
        if (sent->priority == 0 && (step.after.state == State::master || farewells < 1)) {
            return "priority 0 without leaving";
        }
        if (sent->priority > 0 && sent->is_squeezed) {
            if (!may_squeeze(witness, step)) {
                return "a squeezed advert without leaving";
            }
            continue;
        }
        if (sent->priority > 0 && !is_in_office) {
            return "an advert of one that is not master";
        }
        if (sent->priority > 0 && sent->priority != step.after.priority) {
            return "an advert of another priority than its own";
        }
    }
    return std::nullopt;
}

/// S-2: who yields says priority 0, after which any backup rises. So it must know a better one.
Finding yields_have_reason(const Witness& witness, const Step& step) {
    if (!leaves_office(step) || step.after.state != State::leaving ||
        !std::holds_alternative<vrrp::PriorityChanged>(step.event)) {
        return std::nullopt;
    }
    const vrrp::RouterConfig& config = config_of(witness, step);
    const std::uint8_t best = std::max(config.rival_priority, witness.facts(step.host).heard_last);
    if (best > step.after.priority && step.after.preempts && !config.strict) {
        return std::nullopt;
    }
    return "it yields to nobody";
}

/// S-3: only a master announces addresses, and only such as stand.
Finding announcements_have_authority(const Witness& witness, const Step& step) {
    bool stand = step.had_addresses || may_lack_addresses(witness.host(step.host), step);
    for (const vrrp::Effect& effect : step.effects) {
        stand = std::holds_alternative<vrrp::InstallAddresses>(effect) ||
                (stand && !std::holds_alternative<vrrp::RemoveAddresses>(effect));
        if (std::holds_alternative<vrrp::AnnounceAddresses>(effect) &&
            (!stand || step.after.state != State::master)) {
            return "an announcement of one that is not master";
        }
    }
    return std::nullopt;
}

/// S-13: without preemption, nobody takes over from a master that it hears.
Finding incumbent_is_respected(const Witness& witness, const Step& step) {
    if (witness.scenario().members > 1 || step.after.preempts ||
        step.before.state != State::backup || !becomes_master(step)) {
        return std::nullopt;
    }
    const HostFacts& facts = witness.facts(step.host);
    const vrrp::Duration down_interval =
        witness.at_least(step.host, witness.down_interval(step.host));
    if (step.now >= facts.spoken_to_at + down_interval || facts.released_at) {
        return std::nullopt;
    }
    return "it takes over from a master heard at " + seconds_text(facts.spoken_to_at);
}

/// Whether this backup may take over: it heard nobody for its down interval, which a squeeze
/// shortens; a master left (priority 0) or fell below it, and its skew has passed; or it may
/// preempt.
bool is_due(const Witness& witness, std::size_t host, vrrp::Instant now) {
    const HostFacts& facts = witness.facts(host);
    const vrrp::VirtualRouter& router = *witness.host(host).router();
    if (router.priority() == vrrp::owner_priority && router.config().is_grouped && !facts.master) {
        return true;
    }
    const vrrp::Duration down_interval = witness.at_least(host, witness.down_interval(host));
    const vrrp::Duration delay = witness.at_least(host, router.config().preempt_delay);
    const vrrp::Duration skew = witness.at_least(host, witness.succession_time(host));
    const bool is_silent = now >= facts.waits_since + down_interval;
    const bool is_released = facts.released_at && now >= *facts.released_at + skew;
    const bool may_preempt =
        facts.master && facts.master->priority < router.priority() && witness.preempts(host) &&
        now >= std::max(facts.fit_since + delay, facts.outranked_at + down_interval);
    return is_silent || is_released || may_preempt;
}

/// S-5: a backup takes over when it is due, or its group is; all of them, unless one is master.
Finding takeover_is_not_early(const Witness& witness, const Step& step) {
    if (!becomes_master(step)) {
        return std::nullopt;
    }
    const bool is_grouped = witness.scenario().members > 1;
    if (step.before.state == State::initialize && !witness.has_proof(step.host, step.now) &&
        (step.after.priority != vrrp::owner_priority || is_grouped)) {
        return "it is master without an election";
    }
    const bool was_told_to_leave = !witness.host(step.host).is_wanted;
    if (step.before.state == State::leaving && was_told_to_leave) {
        return "it serves again without being told";
    }
    if (step.before.state != State::backup) {
        return std::nullopt;
    }
    if (is_grouped && !std::holds_alternative<vrrp::TakeOver>(step.event)) {
        return "it takes over without its group";
    }
    const std::size_t first = witness.scenario().first_of(step.host);
    bool is_group_due = true;
    for (std::size_t i = first; i < first + witness.scenario().members; ++i) {
        if (i != step.host && witness.is_master(i)) {
            return std::nullopt;
        }
        is_group_due = is_group_due && is_due(witness, i, step.now);
    }
    return is_group_due ? std::nullopt : Finding("it takes over too early");
}

/// What a master heard from a peer above priority 0, and which of them ranks higher.
struct Encounter {
    const vrrp::AdvertisementReceived* heard;
    bool is_outranked;
};

std::optional<Encounter> encounter_of(const Witness& witness, const Step& step) {
    const auto* heard = accepted_advertisement(step);
    if (heard == nullptr || step.before.state != State::master || has_stalled(step) ||
        heard->advertisement.priority == 0) {
        return std::nullopt;
    }
    const auto theirs = std::tuple(heard->advertisement.priority, heard->packet.source);
    const auto ours = std::tuple(step.before.priority, *step.before.source);
    // Of a group only the first member compares addresses, unless the tie lasts.
    if (heard->advertisement.priority == step.before.priority &&
        !config_of(witness, step).breaks_ties) {
        return std::nullopt;
    }
    return Encounter{heard, theirs > ours};
}

/// S-6: whoever hears a better master is backup before anything else happens.
Finding loser_yields(const Witness& witness, const Step& step) {
    const auto encounter = encounter_of(witness, step);
    if (encounter && encounter->is_outranked && step.after.state != State::backup) {
        return "it does not yield to " + encounter->heard->packet.source.to_text();
    }
    return std::nullopt;
}

/// S-7: whoever hears a worse master stays, and answers within bounds.
Finding winner_stands(const Witness& witness, const Step& step) {
    const auto encounter = encounter_of(witness, step);
    if (!encounter || encounter->is_outranked) {
        return std::nullopt;
    }
    if (step.after.state != State::master) {
        return "it yields to the lower rank of " + encounter->heard->packet.source.to_text();
    }
    const long answers = count_adverts(step, false);
    const auto answered_at = witness.facts(step.host).answered_at;
    // RFC 9568 has them answer, RFC 3768 does not.
    const vrrp::RouterConfig& config = config_of(witness, step);
    const bool is_mute = config.strict && config.version == vrrp::Version::v2;
    const vrrp::Duration gap = witness.at_least(step.host, assert_gap);
    if (answers > (is_mute ? 0 : 1) ||
        (answers > 0 && answered_at && step.now - *answered_at < gap)) {
        return "it answers lower ranks too often";
    }
    return std::nullopt;
}

/// S-9: a packet that must be refused changes nothing.
Finding refused_packet_is_inert(const Witness& /*witness*/, const Step& step) {
    const long refusals = count<vrrp::AdvertisementRefused>(step);
    if ((!step.is_forged && refusals == 0) || has_stalled(step)) {
        return std::nullopt;
    }
    if (refusals == 0) {
        return "a forged packet is accepted";
    }
    if (step.effects.size() > 1 || step.before != step.after) {
        return "a refused packet has an effect";
    }
    return std::nullopt;
}

/// L-3: once all is settled, nothing changes any more.
Finding calm_lasts(const Witness& witness, const Step& step) {
    if (!came_from_within(step) || step.before.state == step.after.state ||
        step.before.state == State::initialize || !witness.is_connected(step.now) ||
        step.now - witness.trouble_at() <= witness.settling_limit()) {
        return std::nullopt;
    }
    return "a change of state long after the last trouble";
}

/// L-5: a master that was silent for a down interval listens before it speaks.
Finding sleeper_listens_first(const Witness& witness, const Step& step) {
    const vrrp::Instant advertised_at = witness.facts(step.host).advertised_at;
    const vrrp::RouterConfig& config = config_of(witness, step);
    const vrrp::Duration limit = std::max(config.down_adverts, 2) * vrrp::Duration(config.interval);
    // Before another interval came, it went by the one that it had.
    if (step.before.state != State::master || count_adverts(step, false) == 0 ||
        std::holds_alternative<vrrp::Reconfigured>(step.event) ||
        step.now - advertised_at <= witness.at_most(step.host, limit)) {
        return std::nullopt;
    }
    return "it speaks after a silence since " + seconds_text(advertised_at);
}

/// L-8: whatever flaps, a router that nobody released takes over once in a down interval at most.
Finding takeovers_are_rare(const Witness& witness, const Step& step) {
    const HostFacts& facts = witness.facts(step.host);
    if (!becomes_master(step) || step.before.state != State::backup || !facts.took_over_at ||
        witness.scenario().members > 1 || facts.was_released ||
        step.now - *facts.took_over_at >=
            witness.at_least(step.host, config_of(witness, step).down_adverts * facts.interval)) {
        return std::nullopt;
    }
    return "it took over already at " + seconds_text(*facts.took_over_at);
}

/// L-10: a master whose addresses can't be installed leaves, and says so.
Finding black_hole_is_left(const Witness& /*witness*/, const Step& step) {
    if (!std::holds_alternative<vrrp::InstallFailed>(step.event) ||
        step.before.state != State::master || has_stalled(step)) {
        return std::nullopt;
    }
    if (step.after.state != State::initialize || count_adverts(step, true) == 0) {
        return "it stays without addresses";
    }
    return std::nullopt;
}

struct Rule {
    std::string_view name;
    Finding (*look)(const Witness&, const Step&);
};

constexpr std::array rules{
    Rule{"S-1 state and kernel agree", state_and_kernel_agree},
    Rule{"S-2 advert authority", adverts_have_authority},
    Rule{"S-2 yields have a reason", yields_have_reason},
    Rule{"S-3 announce authority", announcements_have_authority},
    Rule{"S-13 no preemption", incumbent_is_respected},
    Rule{"S-5 no early takeover", takeover_is_not_early},
    Rule{"S-6 loser yields", loser_yields},
    Rule{"S-7 winner stands", winner_stands},
    Rule{"S-9 refused input is inert", refused_packet_is_inert},
    Rule{"L-3 stability", calm_lasts},
    Rule{"L-5 a sleeper listens first", sleeper_listens_first},
    Rule{"L-8 flapping is bounded", takeovers_are_rare},
    Rule{"L-10 failed installation releases", black_hole_is_left},
};

}  // namespace

std::optional<Violation> check_step(const Witness& witness, const Step& step) {
    if (auto violation = check_lease(witness, step)) {
        return violation;
    }
    for (const Rule& rule : rules) {
        if (auto finding = rule.look(witness, step)) {
            return Violation{rule.name, step.now, fmt::format("r{}: {}", step.host, *finding)};
        }
    }
    return std::nullopt;
}

}  // namespace rehearse
