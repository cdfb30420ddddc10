#include "rehearse/witness.hpp"

#include <algorithm>
#include <chrono>
#include <variant>

#include "vrrp/timing.hpp"

namespace rehearse {

namespace {

using namespace std::chrono_literals;

/// What divisions of times may cut off.
constexpr vrrp::Duration rounding = 5ns;

/// Whether a master has come to its next advert.
bool advertises_again(const Step& step) {
    const bool stays_master =
        step.before.state == vrrp::State::master && step.after.state == vrrp::State::master;
    return stays_master && std::holds_alternative<vrrp::TimerExpired>(step.event) &&
           std::ranges::any_of(step.effects, [](const vrrp::Effect& effect) {
               return std::holds_alternative<vrrp::SendAdvertisement>(effect);
           });
}

}  // namespace

Witness::Witness(const Scenario& scenario, const std::vector<Host>& hosts, const Lan& lan)
    : scenario_(scenario),
      hosts_(hosts),
      lan_(lan),
      facts_(hosts.size()),
      leases_(hosts.size()),
      channel_trouble_at_(hosts.size() * hosts.size()) {
    for (const Host& host : hosts) {
        longest_interval_ =
            std::max(longest_interval_, vrrp::Duration(host.plan().config.interval));
    }
}

void Witness::note(const Step& step) {
    HostFacts& facts = facts_[step.host];
    note_effects(step, facts);
    note_state(step, facts);
    note_advertisement(step, facts);
    note_settings(step, facts);
    note_installation(step, facts);
    note_office(step);
    note_lease(step);
    const bool came_from_outside = !came_from_within(step);
    const bool has_recovered =
        step.before.state == vrrp::State::initialize && step.after.state != vrrp::State::initialize;
    if (came_from_outside || has_recovered) {
        note_trouble(step.host, step.now);
    }
}

/// Another priority, other settings: whom it need not wait for, it may have to now.
void Witness::note_settings(const Step& step, HostFacts& facts) {
    const bool is_priority = std::holds_alternative<vrrp::PriorityChanged>(step.event);
    const bool is_config = std::holds_alternative<vrrp::Reconfigured>(step.event);
    if (!is_priority && !is_config) {
        return;
    }
    facts.settings_changed_at = step.now;
    const vrrp::RouterConfig& config = hosts_[step.host].plan().config;
    longest_interval_ = std::max(longest_interval_, vrrp::Duration(config.interval));
    if (is_priority && step.after.priority > step.before.priority) {
        facts.fit_since = step.now;
    }
    if (step.after.state != vrrp::State::backup) {
        return;
    }
    const auto stands = [&step](const std::optional<Heard>& master) {
        return master && (master->priority >= step.after.priority || !step.after.preempts);
    };
    if (stands(facts.fallen)) {
        wait_for(step.host, *facts.fallen);
    } else if (stands(facts.unheeded)) {
        wait_for(step.host, *facts.unheeded);
    }
    if (is_config && !facts.master) {
        facts.interval = config.interval;
    }
}

void Witness::note_installation(const Step& step, HostFacts& facts) {
    if (std::holds_alternative<vrrp::InstallFailed>(step.event)) {
        facts.install_refused_at = step.now;
        ++facts.install_failures;
    }
    if (std::holds_alternative<vrrp::Shutdown>(step.event) ||
        std::holds_alternative<vrrp::Startup>(step.event)) {
        facts.install_refused_at.reset();
        facts.install_failures = 0;
    }
    if (advertises_again(step)) {
        facts.install_failures = 0;
    }
}

void Witness::note_time(vrrp::Instant now) {
    if (incumbent_ || now - trouble_at_ <= conflict_limit()) {
        return;
    }
    std::optional<std::size_t> only;
    for (std::size_t i = 0; i < size(); ++i) {
        if (is_eligible(i, now) && preempts(i)) {
            return;
        }
        if (is_master(i)) {
            if (only) {
                return;
            }
            only = i;
        }
    }
    // Everybody has heard it by now.
    if (only && now - facts_[*only].state_since > conflict_limit() && is_connected(now)) {
        incumbent_ = only;
    }
}

void Witness::note_trouble(std::size_t host, vrrp::Instant now) {
    facts_[host].trouble_at = now;
    forget_calm(now);
}

void Witness::note_trouble(std::size_t from, std::size_t to, vrrp::Instant now) {
    channel_trouble_at_[from * size() + to] = now;
    forget_calm(now);
}

void Witness::forget_calm(vrrp::Instant now) {
    trouble_at_ = now;
    incumbent_.reset();
    for (HostFacts& facts : facts_) {
        facts.takeovers = 0;
    }
}

void Witness::note_thaw(std::size_t host, vrrp::Instant now) {
    facts_[host].thawed_at = now;
    note_trouble(host, now);
}

void Witness::note_new_process(std::size_t host, vrrp::Instant now) {
    facts_[host] = {};
    note_trouble(host, now);
}

void Witness::note_probe(std::size_t host, bool is_new_verdict) {
    ++facts_[host].probes;
    facts_[host].verdicts += is_new_verdict ? 1 : 0;
}

vrrp::Instant Witness::trouble_at(std::size_t a, std::size_t b) const {
    return std::max({facts_[a].trouble_at, facts_[b].trouble_at,
                     channel_trouble_at_[a * size() + b], channel_trouble_at_[b * size() + a]});
}

bool Witness::is_master(std::size_t host) const {
    return hosts_[host].is_running() && hosts_[host].router()->state() == vrrp::State::master;
}

bool Witness::is_eligible(std::size_t host, vrrp::Instant now) const {
    const Host& known = hosts_[host];
    const auto refused_at = facts_[host].install_refused_at;
    // Ten seconds after the first failure, twice as long after each further one, up to 320 s.
    const int doublings = std::clamp(facts_[host].install_failures - 1, 0, 5);
    const vrrp::Duration rest = at_most(host, vrrp::recovery_delay * (1 << doublings));
    const bool rests = refused_at && now <= *refused_at + rest + scenario_.lateness;
    return known.is_running() && known.is_wanted && known.is_linked && known.priority() > 0 &&
           !rests;
}

bool Witness::is_machine_eligible(std::size_t host, vrrp::Instant now) const {
    const std::size_t first = scenario_.first_of(host);
    for (std::size_t member = first; member < first + scenario_.members; ++member) {
        if (!is_eligible(member, now)) {
            return false;
        }
    }
    return true;
}

bool Witness::preempts(std::size_t host) const {
    const Host& known = hosts_[host];
    const vrrp::RouterConfig& config = known.plan().config;
    const std::uint8_t priority = known.router() ? known.router()->priority() : config.priority;
    return config.preempt || priority == vrrp::owner_priority;
}

vrrp::Duration Witness::at_least(std::size_t host, vrrp::Duration local) const {
    const int drift = hosts_[host].plan().drift;
    return drift == 0 ? local : local - local * drift / (1'000'000 + drift) - rounding;
}

vrrp::Duration Witness::at_most(std::size_t host, vrrp::Duration local) const {
    const int drift = hosts_[host].plan().drift;
    return drift == 0 ? local : local - local * drift / (1'000'000 + drift) + rounding;
}

vrrp::Duration Witness::skew_time(std::size_t host) const {
    const vrrp::VirtualRouter& router = *hosts_[host].router();
    const bool is_v2 = router.config().version == vrrp::Version::v2;
    return (256 - router.priority()) * (is_v2 ? vrrp::Duration(1s) : facts_[host].interval) / 256;
}

vrrp::Duration Witness::down_interval(std::size_t host) const {
    return hosts_[host].plan().config.down_adverts * facts_[host].interval + skew_time(host);
}

vrrp::Duration Witness::succession_time(std::size_t host) const {
    const vrrp::VirtualRouter& router = *hosts_[host].router();
    const vrrp::Duration short_skew = (256 - router.priority()) * vrrp::Duration(100us);
    return router.config().strict ? skew_time(host) : std::min(short_skew, skew_time(host));
}

bool Witness::is_connected(std::size_t a, std::size_t b) const {
    return hosts_[a].is_linked && hosts_[b].is_linked && !lan_.is_cut(a, b) && !lan_.is_cut(b, a);
}

bool Witness::is_connected(vrrp::Instant now) const {
    for (std::size_t a = 0; a < size(); ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            if (scenario_.shares_lan(a, b) && !is_connected(a, b) && is_eligible(a, now) &&
                is_eligible(b, now)) {
                return false;
            }
        }
    }
    return true;
}

vrrp::Duration Witness::conflict_limit(std::size_t a, std::size_t b) const {
    const vrrp::Duration interval = std::max(at_most(a, hosts_[a].plan().config.interval),
                                             at_most(b, hosts_[b].plan().config.interval));
    return interval + 2 * scenario_.lan.longest_delay + 2 * scenario_.lateness;
}

vrrp::Duration Witness::conflict_limit() const {
    const vrrp::Duration drift = longest_interval_ / 1000;
    return longest_interval_ + drift + 2 * scenario_.lan.longest_delay + 2 * scenario_.lateness;
}

vrrp::Duration Witness::settling_limit() const {
    int down_adverts = 0;
    vrrp::Duration preempt_delay{0};
    for (const Host& host : hosts_) {
        down_adverts = std::max(down_adverts, host.plan().config.down_adverts);
        preempt_delay = std::max(preempt_delay, host.plan().config.preempt_delay);
    }
    // Who yields and isn't succeeded is back after 1.1 s, in strict version 3 after an interval.
    const vrrp::Duration leaving = std::max(vrrp::Duration(1100ms), longest_interval_ + 100ms);
    const bool is_v2 = hosts_.front().plan().config.version == vrrp::Version::v2;
    const vrrp::Duration skew = is_v2 ? vrrp::Duration(1s) : longest_interval_;
    const vrrp::Duration limit = down_adverts * longest_interval_ + skew + preempt_delay + leaving;
    // Groups may have to try again, as their members don't all hear the same.
    const std::size_t tries = scenario_.members == 1 ? 1 : size() / scenario_.members;
    return static_cast<int>(tries) * (limit + limit / 1000 + conflict_limit());
}

void Witness::wait_for(std::size_t host, Heard master) {
    HostFacts& facts = facts_[host];
    facts.master = master;
    facts.unheeded.reset();
    facts.fallen.reset();
    facts.released_at.reset();
    facts.waits_since = master.at;
    const vrrp::RouterConfig& config = hosts_[host].plan().config;
    const bool learns = config.version == vrrp::Version::v3;
    facts.interval = learns ? master.interval : vrrp::Duration(config.interval);
    const std::uint8_t own = hosts_[host].router()->priority();
    if (master.priority >= own || !preempts(host)) {
        facts.outranked_at = master.at;
    }
}

void Witness::note_advertisement(const Step& step, HostFacts& facts) {
    const auto* heard = accepted_advertisement(step);
    if (heard == nullptr) {
        return;
    }
    const std::uint8_t priority = heard->advertisement.priority;
    facts.heard_last = priority;
    const Heard peer{heard->packet.source, priority, heard->advertisement.interval, step.now};
    if (step.after.state == vrrp::State::leaving && priority > 0 && !facts.successor) {
        facts.successor = peer;
    }
    if (step.after.state != vrrp::State::backup) {
        return;
    }
    const bool left = priority == 0;
    if (!left) {
        facts.spoken_to_at = step.now;
    }
    const std::uint8_t own = step.after.priority;
    const vrrp::RouterConfig& config = hosts_[step.host].plan().config;
    const bool is_delayed = step.now < facts.fit_since + at_least(step.host, config.preempt_delay);
    const bool fell = facts.master && peer.source == facts.master->source &&
                      facts.master->priority >= own && !config.strict;
    if (!left && (priority >= own || !step.after.preempts || is_delayed)) {
        wait_for(step.host, peer);
    } else if (left || fell) {
        if (!facts.released_at && facts.unheeded && facts.unheeded->source == peer.source) {
            facts.unheeded.reset();
        }
        if (!facts.released_at && !left) {
            facts.fallen = peer;
        }
        facts.released_at = facts.released_at.value_or(step.now);
        facts.was_released = true;
    } else {
        facts.unheeded = peer;
    }
}

void Witness::note_effects(const Step& step, HostFacts& facts) {
    const bool was_master = step.before.state == vrrp::State::master;
    // Whoever yields says nothing; whoever leaves says it twice.
    if (was_master &&
        (step.after.state == vrrp::State::leaving || step.after.state == vrrp::State::initialize)) {
        facts.farewells_left = hosts_[step.host].plan().config.strict ? 1 : 2;
    }
    for (const vrrp::Effect& effect : step.effects) {
        if (std::holds_alternative<vrrp::AnnounceAddresses>(effect)) {
            facts.announced_at = step.now;
        }
        const auto* sent = std::get_if<vrrp::SendAdvertisement>(&effect);
        if (sent == nullptr) {
            continue;
        }
        if (sent->priority == 0) {
            --facts.farewells_left;
            continue;
        }
        facts.advertised_at = step.now;
        const auto* heard = accepted_advertisement(step);
        if (step.after.state == vrrp::State::master && was_master && heard != nullptr &&
            heard->advertisement.priority > 0) {
            facts.answered_at = step.now;
        }
    }
}

void Witness::note_state(const Step& step, HostFacts& facts) {
    if (step.before.state == step.after.state) {
        return;
    }
    facts.state_since = step.now;
    facts.yielded_at.reset();
    if (step.before.state == vrrp::State::master && step.after.state == vrrp::State::backup &&
        accepted_advertisement(step) != nullptr) {
        facts.yielded_at = step.now;
    }
    if (step.after.state == vrrp::State::backup) {
        note_entry(step, facts);
    }
    facts.successor.reset();
    const bool was_silent =
        step.now >= facts.spoken_to_at + at_most(step.host, down_interval(step.host));
    if (step.before.state == vrrp::State::backup && was_silent && !facts.released_at) {
        facts.heard_last = 0;  // whoever it was, as far as one can know it is dead
    }
    if (step.after.state == vrrp::State::master) {
        facts.farewells_left = 0;
        ++facts.takeovers;
        facts.took_over_at = step.now;
        facts.was_released = false;
    }
}

void Witness::note_entry(const Step& step, HostFacts& facts) {
    facts.waits_since = step.now;
    facts.spoken_to_at = step.now;
    facts.outranked_at = step.now;
    facts.released_at.reset();
    facts.master.reset();
    facts.unheeded.reset();
    facts.fallen.reset();
    facts.interval = hosts_[step.host].plan().config.interval;
    if (step.before.state == vrrp::State::initialize) {
        facts.fit_since = step.now;
    }
    if (step.before.state == vrrp::State::leaving && facts.successor) {
        Heard successor = *facts.successor;
        successor.at = step.now;
        wait_for(step.host, successor);
    }
}

}  // namespace rehearse
