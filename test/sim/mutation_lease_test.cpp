#include <optional>
#include <variant>

#include "catch2.hpp"
#include "rehearse/simulation.hpp"
#include "sim/mutants.hpp"

// Routers and hosts that are broken in how long addresses outlive a process, and in how another
// process goes on.
namespace rehearse::test {

namespace {

using namespace std::chrono_literals;

bool has_lease(const VirtualRouter& router) {
    return router.config().refresh_each > vrrp::Duration(0);
}

/// A new process resumes; it starts like any other.
bool resumes(const Event& event) {
    const auto* startup = std::get_if<vrrp::Startup>(&event);
    return startup != nullptr && startup->resumes;
}

}  // namespace

TEST_CASE("a router that never renews its lease is found", "[sim]") {
    const auto forgets = [](VirtualRouter& router, const Event& event, Instant now) {
        return without<vrrp::RefreshAddresses>(router.handle(event, now));
    };

    CHECK(first_violation({.handle = forgets}) == "S-22");
}

TEST_CASE("a router that renews its lease half as often as it should is found", "[sim]") {
    int count = 0;
    const auto skips = [&count](VirtualRouter& router, const Event& event, Instant now) {
        const Effects effects = router.handle(event, now);
        return router.state() == State::master && ++count % 2 == 0
                   ? without<vrrp::RefreshAddresses>(effects)
                   : effects;
    };

    CHECK(first_violation({.handle = skips}) == "S-22");
}

TEST_CASE("a router that forgets its lease while it leaves is found", "[sim]") {
    const auto forgets = [](VirtualRouter& router, const Event& event, Instant now) {
        const Effects effects = router.handle(event, now);
        return router.state() == State::leaving ? without<vrrp::RefreshAddresses>(effects)
                                                : effects;
    };

    CHECK(first_violation({.handle = forgets}) == "S-22");
}

TEST_CASE("a router that renews its lease after its last advert is found", "[sim]") {
    const auto is_mute = [](VirtualRouter& router, const Event& event, Instant now) {
        const Effects effects = router.handle(event, now);
        return std::holds_alternative<vrrp::AddressesLost>(event) && has_lease(router)
                   ? without<vrrp::SendAdvertisement>(effects)
                   : effects;
    };

    CHECK(first_violation({.handle = is_mute}) == "S-4");
}

TEST_CASE("a lease that is renewed out of step with the adverts is found", "[sim]") {
    const auto drifts = [](VirtualRouter& router, const Event& event, Instant now) {
        Effects effects = router.handle(event, now);
        const bool is_between = router.state() == State::master && has_lease(router) &&
                                std::holds_alternative<vrrp::TimerExpired>(event);
        if (is_between) {
            effects.push(vrrp::RefreshAddresses{});
        }
        return effects;
    };

    CHECK(first_violation({.handle = drifts}) == "S-4");
}

TEST_CASE("a lease longer than it should be is found", "[sim]") {
    const auto longer = [](const vrrp::RouterConfig& config) -> vrrp::Duration {
        return vrrp::lease_for(config.down_adverts, config.interval).lifetime + 1s;
    };

    CHECK(first_violation({.lifetime = longer}) == "S-4");
}

TEST_CASE("a host that resumes without proof is found", "[sim]") {
    const auto always = [](std::optional<Instant> /*until*/, Instant /*now*/) { return true; };

    CHECK(first_violation({.may_resume = always}) == "S-5");
}

TEST_CASE("a host that resumes when its peers may have taken over is found", "[sim]") {
    const auto late = [](std::optional<Instant> until, Instant now) {
        return until && now < *until + 2s;
    };

    CHECK(first_violation({.may_resume = late}) == "S-5");
}

TEST_CASE("a host that does not resume though it may is found", "[sim]") {
    const auto never = [](std::optional<Instant> /*until*/, Instant /*now*/) { return false; };

    CHECK(first_violation({.may_resume = never}) == "S-21");
}

TEST_CASE("a host that leaves what an earlier process has left is found", "[sim]") {
    CHECK(first_violation({.removes_remains = false}) == "S-18");
}

TEST_CASE("a router that resumes as a backup is found", "[sim]") {
    const auto waits = [](VirtualRouter& router, const Event& event, Instant now) {
        return router.handle(resumes(event) ? Event(vrrp::Startup{}) : event, now);
    };

    CHECK(first_violation({.handle = waits}) == "S-21");
}

TEST_CASE("a router that resumes in silence is found", "[sim]") {
    const auto is_mute = [](VirtualRouter& router, const Event& event, Instant now) {
        const Effects effects = router.handle(event, now);
        return resumes(event) ? without<vrrp::SendAdvertisement>(effects) : effects;
    };

    CHECK(first_violation({.handle = is_mute}) == "S-10");
}

TEST_CASE("a pause that releases is found", "[sim]") {
    const auto releases = [](VirtualRouter& router, const Event& event, Instant now) {
        return router.handle(
            std::holds_alternative<vrrp::Pause>(event) ? Event(vrrp::Shutdown{}) : event, now);
    };

    CHECK(first_violation({.handle = releases}) == "S-21");
}

TEST_CASE("a pause of which nobody hears is found", "[sim]") {
    const auto is_mute = [](VirtualRouter& router, const Event& event, Instant now) {
        return std::holds_alternative<vrrp::Pause>(event) ? Effects{} : router.handle(event, now);
    };

    CHECK(first_violation({.handle = is_mute}) == "S-21");
}

TEST_CASE("a group of which one member resumes alone is found", "[sim]") {
    const auto waits = [](VirtualRouter& router, const Event& event, Instant now) {
        return router.handle(
            resumes(event) && !router.config().breaks_ties ? Event(vrrp::Startup{}) : event, now);
    };

    CHECK(first_violation({.handle = waits}, make_group_scenario) == "S-21");
}

}  // namespace rehearse::test
