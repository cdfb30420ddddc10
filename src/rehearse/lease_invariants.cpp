#include <algorithm>
#include <array>
#include <chrono>
#include <variant>

#include <fmt/format.h>

#include "rehearse/invariants.hpp"
#include "rehearse/trace.hpp"
#include "vrrp/lease.hpp"

// The rules of addresses that outlive their process: how long, and what becomes of them when there
// is another. Each tells what is wrong, or nothing.
namespace rehearse {

namespace {

using Finding = std::optional<std::string>;
using vrrp::State;

/// What is due when a process is thawed is done so soon.
constexpr vrrp::Duration wakes_within = std::chrono::milliseconds(1);

bool serves(State state) {
    return state == State::master || state == State::leaving;
}

template <typename Kind>
bool has(const Step& step) {
    return std::ranges::any_of(step.effects, [](const vrrp::Effect& effect) {
        return std::holds_alternative<Kind>(effect);
    });
}

bool has_cause(const Step& step, vrrp::Cause cause) {
    return std::ranges::any_of(step.effects, [cause](const vrrp::Effect& effect) {
        const auto* change = std::get_if<vrrp::StateChanged>(&effect);
        return change != nullptr && change->cause == cause;
    });
}

/// The master that this step's backup succeeds since it has not heard it for its down interval, and
/// for no other reason.
std::optional<Heard> silent_master(const Witness& witness, const Step& step) {
    const HostFacts& facts = witness.facts(step.host);
    if (step.before.state != State::backup || step.after.state != State::master || !facts.master ||
        facts.released_at ||
        (facts.master->priority < step.before.priority && step.before.preempts)) {
        return std::nullopt;
    }
    return facts.master;
}

bool is_fit(const Witness& witness, std::size_t host) {
    const std::size_t first = witness.scenario().first_of(host);
    for (std::size_t i = first; i < first + witness.scenario().members; ++i) {
        if (!witness.host(i).is_linked || witness.host(i).priority() == 0) {
            return false;
        }
    }
    return true;
}

/// S-18: what an earlier process left does not outlive the start of one that does not resume.
Finding nothing_is_forgotten(const Witness& witness, const Step& step) {
    const bool was_in_office = witness.facts(step.host).took_over_at.has_value();
    if (step.has_addresses && !serves(step.after.state) && !was_in_office &&
        !witness.host(step.host).is_resuming) {
        return "it keeps the addresses of an earlier process";
    }
    return std::nullopt;
}

/// S-4: where the lease is shorter than the down interval, who was silent holds no addresses any
/// more when its successor takes over, which heard the last of its adverts. Not of one that was
/// leaving: its successors don't wait.
Finding dead_holds_nothing(const Witness& witness, const Step& step) {
    const auto master = silent_master(witness, step);
    if (!master) {
        return std::nullopt;
    }
    const vrrp::Duration patience = witness.at_least(step.host, witness.down_interval(step.host));
    for (std::size_t i = 0; i < witness.size(); ++i) {
        const Host& host = witness.host(i);
        const LeaseFacts& lease = witness.lease(i);
        const bool is_silent_one = master->source == host.plan().source && !host.is_running() &&
                                   lease.resumable_until && master->at >= lease.spoken_at;
        const bool is_short = lease.lifetime && lease.is_with_adverts &&
                              *lease.lifetime + vrrp::lease_slack < patience;
        if (is_silent_one && is_short && host.has_addresses() &&
            witness.scenario().shares_lan(i, step.host)) {
            return fmt::format("it takes over while r{} still holds the addresses", i);
        }
    }
    return std::nullopt;
}

/// S-21: who may resume does, all of its group with it.
Finding proof_is_used(const Witness& witness, const Step& step) {
    if (!std::holds_alternative<vrrp::Startup>(step.event) ||
        step.before.state != State::initialize || !is_fit(witness, step.host) ||
        !witness.has_proof_for_all(step.host, step.now) ||
        (step.after.state == State::master && has_cause(step, vrrp::Cause::resumed))) {
        return std::nullopt;
    }
    return "it was master a moment ago, and does not resume";
}

/// S-21: nobody takes over from a master that resumed in time, if it had heard the last advert
/// before that, and the next one was not lost; unless that tells a lower priority.
Finding resumed_is_not_succeeded(const Witness& witness, const Step& step) {
    const auto master = silent_master(witness, step);
    if (!master) {
        return std::nullopt;
    }
    const vrrp::Duration patience = witness.at_least(step.host, witness.down_interval(step.host));
    for (std::size_t i = 0; i < witness.size(); ++i) {
        const LeaseFacts& lease = witness.lease(i);
        const bool is_resumed = lease.resumed_at && witness.is_master(i) &&
                                master->source == witness.host(i).plan().source &&
                                master->at >= lease.spoken_before &&
                                master->at <= *lease.resumed_at;
        const bool is_calm = !witness.facts(step.host).unheeded &&
                             witness.facts(step.host).trouble_at < lease.spoken_before &&
                             witness.channel_trouble_at(i, step.host) < lease.spoken_before &&
                             patience > lease.silence + witness.scenario().lan.longest_delay;
        if (is_resumed && is_calm && witness.scenario().shares_lan(i, step.host)) {
            return fmt::format("it takes over from r{}, which has resumed", i);
        }
    }
    return std::nullopt;
}

/// S-21: a pause gives the peers' patience and the lease their full time, and moves nothing.
Finding pause_releases_nothing(const Witness& witness, const Step& step) {
    if (!std::holds_alternative<vrrp::Pause>(step.event) || has_cause(step, vrrp::Cause::stalled)) {
        return std::nullopt;
    }
    if (step.before.state != step.after.state || step.had_addresses != step.has_addresses) {
        return "a pause moves it";
    }
    const bool has_lease = witness.host(step.host).plan().config.refresh_each > vrrp::Duration(0);
    const bool is_told =
        has<vrrp::SendAdvertisement>(step) && (!has_lease || has<vrrp::RefreshAddresses>(step));
    return step.after.state != State::master || is_told ? std::nullopt
                                                        : Finding("a pause without a word");
}

/// S-4: what a dead or frozen process leaves is gone when its lease has ended.
Finding lease_ends(const Witness& witness, vrrp::Instant now) {
    for (std::size_t i = 0; i < witness.size(); ++i) {
        const LeaseFacts& lease = witness.lease(i);
        const Host& host = witness.host(i);
        if (!host.is_running() && host.has_addresses() && lease.lifetime &&
            now > lease.begun_at + *lease.lifetime + vrrp::lease_slack) {
            return fmt::format("r{} holds addresses without renewal since {}", i,
                               seconds_text(lease.begun_at));
        }
    }
    return std::nullopt;
}

/// S-22: who runs and serves renews its lease each time that it should; late twice at worst, where
/// the timer is set anew just before it fires.
Finding lease_is_renewed(const Witness& witness, vrrp::Instant now) {
    for (std::size_t i = 0; i < witness.size(); ++i) {
        const Host& host = witness.host(i);
        const vrrp::Duration refresh_each = host.plan().config.refresh_each;
        if (!host.is_running() || host.is_resuming || !host.has_addresses() ||
            refresh_each == vrrp::Duration(0)) {
            continue;
        }
        const vrrp::Instant due =
            std::max({witness.lease(i).asked_at + witness.at_most(i, refresh_each),
                      witness.facts(i).state_since, witness.facts(i).settings_changed_at,
                      witness.facts(i).thawed_at + wakes_within});
        if (now > due + 2 * witness.scenario().lateness) {
            return fmt::format("r{} has not renewed its lease since {}", i,
                               seconds_text(witness.lease(i).asked_at));
        }
    }
    return std::nullopt;
}

struct StepRule {
    std::string_view name;
    Finding (*look)(const Witness&, const Step&);
};

constexpr std::array step_rules{
    StepRule{"S-4 dead or frozen process", dead_holds_nothing},
    StepRule{"S-21 a resume moves nothing", proof_is_used},
    StepRule{"S-21 a resume moves nothing", resumed_is_not_succeeded},
    StepRule{"S-21 a pause moves nothing", pause_releases_nothing},
    StepRule{"S-18 no forgotten address", nothing_is_forgotten},
};

struct TimeRule {
    std::string_view name;
    Finding (*look)(const Witness&, vrrp::Instant);
};

constexpr std::array time_rules{
    TimeRule{"S-4 dead or frozen process", lease_ends},
    TimeRule{"S-22 renewed in time", lease_is_renewed},
};

}  // namespace

std::optional<Violation> check_lease(const Witness& witness, const Step& step) {
    for (const StepRule& rule : step_rules) {
        if (auto finding = rule.look(witness, step)) {
            return Violation{rule.name, step.now, fmt::format("r{}: {}", step.host, *finding)};
        }
    }
    return std::nullopt;
}

std::optional<Violation> check_leases(const Witness& witness, vrrp::Instant now) {
    for (const TimeRule& rule : time_rules) {
        if (auto finding = rule.look(witness, now)) {
            return Violation{rule.name, now, *std::move(finding)};
        }
    }
    return std::nullopt;
}

}  // namespace rehearse
