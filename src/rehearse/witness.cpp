#include "rehearse/witness.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "vrrp/timing.hpp"

namespace rehearse {

namespace {

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
      channel_trouble_at_(hosts.size() * hosts.size()) {}

void Witness::note(const Step& step) {
    HostFacts& facts = facts_[step.host];
    note_effects(step, facts);
    note_state(step, facts);
    note_advertisement(step, facts);
    if (std::holds_alternative<vrrp::PriorityChanged>(step.event)) {
        facts.priority_changed_at = step.now;
        const auto last = facts.heard.find(facts.spoke_last);
        if (last != facts.heard.end() && last->second >= step.after.priority) {
            facts.follows = last->first;
        }
    }
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
    const bool came_from_outside = !std::holds_alternative<vrrp::TimerExpired>(step.event) &&
                                   !std::holds_alternative<vrrp::AdvertisementReceived>(step.event);
    const bool has_recovered =
        step.before.state == vrrp::State::initialize && step.after.state != vrrp::State::initialize;
    if (came_from_outside || has_recovered) {
        note_trouble(step.host, step.now);
    }
}

void Witness::note_time(vrrp::Instant now) {
    if (incumbent_ || now - trouble_at_ <= conflict_limit() || !is_connected(now)) {
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
    if (only && now - facts_[*only].state_since > conflict_limit()) {
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
    const vrrp::Duration rest = vrrp::recovery_delay * (1 << doublings);
    const bool rests = refused_at && now <= *refused_at + rest + scenario_.lateness;
    return known.is_running() && known.is_wanted && known.is_linked && known.priority() > 0 &&
           !rests;
}

bool Witness::preempts(std::size_t host) const {
    const vrrp::RouterConfig& config = hosts_[host].plan().config;
    return config.preempt || config.priority == vrrp::owner_priority;
}

bool Witness::is_connected(std::size_t a, std::size_t b) const {
    return hosts_[a].is_linked && hosts_[b].is_linked && !lan_.is_cut(a, b) && !lan_.is_cut(b, a);
}

bool Witness::is_connected(vrrp::Instant now) const {
    for (std::size_t a = 0; a < size(); ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            if (is_eligible(a, now) && is_eligible(b, now) && !is_connected(a, b)) {
                return false;
            }
        }
    }
    return true;
}

vrrp::Duration Witness::conflict_limit() const {
    const vrrp::Duration interval = scenario_.hosts.front().config.interval;
    return interval + 2 * scenario_.lan.longest_delay + 2 * scenario_.lateness;
}

vrrp::Duration Witness::settling_limit() const {
    const vrrp::Duration interval = scenario_.hosts.front().config.interval;
    return 3 * interval + std::chrono::seconds(1) + conflict_limit();
}

void Witness::note_advertisement(const Step& step, HostFacts& facts) {
    const auto* heard = accepted_advertisement(step);
    if (heard == nullptr || step.after.state != vrrp::State::backup) {
        return;
    }
    const std::uint8_t priority = heard->advertisement.priority;
    if (priority == 0) {
        facts.released_at = facts.released_at.value_or(step.now);
        facts.was_released = true;
        return;
    }
    facts.spoken_to_at = step.now;
    const vrrp::IpAddress& source = heard->packet.source;
    const std::uint8_t before = std::exchange(facts.heard[source], priority);
    const std::uint8_t own = step.before.priority;
    facts.spoke_last = source;
    if (priority >= own || !preempts(step.host)) {
        facts.follows = source;
        facts.waits_since = step.now;
        facts.released_at.reset();
    } else if (source == facts.follows && before >= own &&
               !hosts_[step.host].plan().config.strict) {
        facts.released_at = facts.released_at.value_or(step.now);
        facts.was_released = true;
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
    facts.heard.clear();
    facts.follows = {};
    facts.yielded_at.reset();
    if (step.before.state == vrrp::State::master && accepted_advertisement(step) != nullptr) {
        facts.yielded_at = step.now;
    }
    if (step.after.state == vrrp::State::backup) {
        facts.waits_since = step.now;
        facts.spoken_to_at = step.now;
        facts.released_at.reset();
    }
    if (step.after.state == vrrp::State::master) {
        facts.farewells_left = 0;
        ++facts.takeovers;
        facts.took_over_at = step.now;
        facts.was_released = false;
    }
}

}  // namespace rehearse
