#include <chrono>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "catch2.hpp"
#include "rehearse/draw_hosts.hpp"
#include "rehearse/simulation.hpp"
#include "sim/mutants.hpp"

// What must not change when something else does, and what a cold start costs.
namespace rehearse::test {

namespace {

using namespace std::chrono_literals;

struct Change {
    Instant at;
    vrrp::IpAddress source;
    State to;

    friend bool operator==(const Change&, const Change&) = default;
};

/// Who changed into what, in order.
std::vector<Change> changes_of(const Scenario& scenario) {
    std::vector<Change> changes;
    Trace trace;
    const Outcome outcome =
        run(scenario,
            {.handle =
                 [&changes](VirtualRouter& router, const Event& event, Instant now) {
                     const State before = router.state();
                     const Effects effects = router.handle(event, now);
                     if (router.state() != before && router.source()) {
                         changes.push_back({now, *router.source(), router.state()});
                     }
                     return effects;
                 }},
            trace);
    CHECK_FALSE(outcome.violation);
    return changes;
}

/// Three routers of version 3 on a perfect LAN that start, lose their master, and get it back.
Scenario make_story(vrrp::Centiseconds interval) {
    Scenario scenario;
    scenario.interval = interval;
    const vrrp::Duration unit = interval;
    scenario.lan.shortest_delay = scenario.lan.longest_delay = unit / 10'000;
    for (std::uint8_t number = 10; number <= 12; ++number) {
        HostPlan& host = scenario.hosts.emplace_back();
        host.config.version = vrrp::Version::v3;
        host.config.strict = true;  // no time that is not a part of the interval
        host.config.virtual_router_id = 1;
        host.config.interval = interval;
        host.config.priority = static_cast<std::uint8_t>(10 * number);
        host.config.addresses = {address_of(vrrp::Family::ipv4, 250)};
        host.source = address_of(vrrp::Family::ipv4, number);
        host.service.probe_interval = unit;
    }
    for (std::size_t i = 0; i < scenario.hosts.size(); ++i) {
        scenario.faults.push_back({Instant{} + static_cast<int>(i) * unit / 8, Fault::start, i});
    }
    scenario.faults.push_back({Instant{} + 10 * unit, Fault::crash, 2});
    scenario.faults.push_back({Instant{} + 20 * unit, Fault::start, 2});
    scenario.end = Instant{} + 40 * unit;
    return scenario;
}

}  // namespace

TEST_CASE("ten times the interval is ten times the time", "[sim]") {
    const std::vector<Change> fast = changes_of(make_story(vrrp::Centiseconds(100)));
    const std::vector<Change> slow = changes_of(make_story(vrrp::Centiseconds(1000)));

    REQUIRE(fast.size() == slow.size());
    REQUIRE(fast.size() > 6);
    for (std::size_t i = 0; i < fast.size(); ++i) {
        CHECK(10 * fast[i].at.time_since_epoch() == slow[i].at.time_since_epoch());
        CHECK(fast[i].source == slow[i].source);
        CHECK(fast[i].to == slow[i].to);
    }
}

TEST_CASE("one more backup that is the lowest changes nothing for the others", "[sim]") {
    const Scenario story = make_story(vrrp::Centiseconds(100));
    Scenario with_idle = story;
    HostPlan idle = story.hosts.front();
    idle.config.priority = 1;
    idle.source = address_of(vrrp::Family::ipv4, 9);
    with_idle.hosts.push_back(idle);
    with_idle.faults.insert(with_idle.faults.begin(), {Instant{}, Fault::start, 3});

    std::vector<Change> changes = changes_of(with_idle);
    std::erase_if(changes, [&idle](const Change& change) { return change.source == idle.source; });

    CHECK(changes == changes_of(story));
}

TEST_CASE("a second copy of every packet changes no state", "[sim]") {
    const Scenario story = make_story(vrrp::Centiseconds(100));
    Scenario doubled = story;
    doubled.lan.duplication = 10'000;

    CHECK(changes_of(doubled) == changes_of(story));
}

// L-6
TEST_CASE("routers that start together settle after one takeover each at most", "[sim]") {
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        Scenario scenario = make_scenario(seed);
        std::erase_if(scenario.faults, [](const TimedFault& fault) {
            return fault.fault != Fault::start || fault.at > Instant{} + 10ms;
        });
        scenario.lan.loss = scenario.lan.corruption = 0;
        for (HostPlan& host : scenario.hosts) {
            host.service.weight.reset();
        }
        Trace trace;

        const Outcome outcome = run(scenario, {}, trace);

        CHECK_FALSE(outcome.violation);
        CHECK(outcome.takeovers <= static_cast<int>(scenario.hosts.size()));
    }
}

}  // namespace rehearse::test
