#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "rehearse/simulation.hpp"

// What broken routers are made of.
namespace rehearse::test {

using vrrp::Effects;
using vrrp::Event;
using vrrp::Instant;
using vrrp::State;
using vrrp::VirtualRouter;

template <typename Kind>
Effects without(const Effects& effects) {
    Effects kept;
    for (const vrrp::Effect& effect : effects) {
        if (!std::holds_alternative<Kind>(effect)) {
            kept.push(effect);
        }
    }
    return kept;
}

inline const vrrp::AdvertisementReceived* advertisement_in(const Event& event) {
    return std::get_if<vrrp::AdvertisementReceived>(&event);
}

inline bool is_refused(const Effects& effects) {
    for (const vrrp::Effect& effect : effects) {
        if (std::holds_alternative<vrrp::AdvertisementRefused>(effect)) {
            return true;
        }
    }
    return false;
}

/// The advert of the event, where there is one that this router accepts.
inline const vrrp::AdvertisementReceived* acceptable_in(const VirtualRouter& router,
                                                        const Event& event, Instant now) {
    const auto* heard = advertisement_in(event);
    return heard == nullptr || is_refused(VirtualRouter(router).handle(event, now)) ? nullptr
                                                                                    : heard;
}

/// Whether the router changes its state for this reason.
inline bool changes_for(const Effects& effects, vrrp::Cause cause) {
    for (const vrrp::Effect& effect : effects) {
        const auto* change = std::get_if<vrrp::StateChanged>(&effect);
        if (change != nullptr && change->cause == cause) {
            return true;
        }
    }
    return false;
}

/// The same advert with another priority.
inline Event with_priority(const vrrp::AdvertisementReceived& heard, std::uint8_t priority) {
    vrrp::AdvertisementReceived changed = heard;
    changed.advertisement.priority = priority;
    return changed;
}

/// What finds the broken router first, in the first seed that it breaks.
inline std::string first_violation(const Behaviour& behaviour,
                                   Scenario (*make)(std::uint64_t) = make_scenario) {
    for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
        Trace trace;
        const Outcome outcome = run(make(seed), behaviour, trace);
        if (outcome.violation) {
            const std::string_view name = outcome.violation->invariant;
            return std::string(name.substr(0, name.find(' ')));
        }
    }
    return "nothing";
}

/// Whether one of the first seeds finds the broken router by this rule, although others may do so
/// before.
inline bool finds(std::string_view name, const Behaviour& behaviour) {
    for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
        Trace trace;
        const Outcome outcome = run(make_scenario(seed), behaviour, trace);
        if (outcome.violation && outcome.violation->invariant.starts_with(name)) {
            return true;
        }
    }
    return false;
}

}  // namespace rehearse::test
