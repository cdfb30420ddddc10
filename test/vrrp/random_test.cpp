#include <algorithm>
#include <cstdint>

#include "catch2.hpp"
#include "vrrp/chaos.hpp"

// What holds whatever happens: a router on its own under random events, in both versions and
// families.
namespace vrrp::test {

namespace {

/// S-2: a priority above 0 is a master's, or the last word of one.
bool speaks_as_it_may(const EffectList& effects, State from, State to) {
    return std::ranges::all_of(effects, [&](const Effect& effect) {
        const auto* sent = std::get_if<SendAdvertisement>(&effect);
        return sent == nullptr || sent->priority == 0 || from == State::master ||
               to == State::master;
    });
}

/// The story that the changes tell leads from one state to the other.
bool is_told(const EffectList& effects, State from, State to) {
    State state = from;
    for (const Effect& effect : effects) {
        if (const auto* change = std::get_if<StateChanged>(&effect)) {
            if (change->from != state) {
                return false;
            }
            state = change->to;
        }
    }
    return state == to;
}

void check_step(Bench& bench, const Event& event, bool& installed) {
    const Observed before = observe(bench.router);

    const EffectList effects = bench.handle(event);

    const State from = before.state;
    const State to = bench.router.state();
    installed = after_effects(installed, effects);
    CHECK(installed == serves(to));
    CHECK(is_told(effects, from, to));
    CHECK(speaks_as_it_may(effects, from, to));
    CHECK((to == State::master || count<AnnounceAddresses>(effects) == 0));
    CHECK((serves(from) || serves(to) || count<RefreshAddresses>(effects) == 0));
    CHECK(count<RefreshAddresses>(effects) <= 1);
    CHECK((to == State::initialize || bench.router.deadline().has_value()));
    CHECK((count<SendAdvertisement>(effects) == 0 || bench.router.source().has_value()));
    CHECK((from == to || count<AdvertisementRefused>(effects) == 0 ||
           count<StateChanged>(effects) == 1));
    if (std::holds_alternative<TimerExpired>(event)) {
        CHECK((!bench.router.deadline() || *bench.router.deadline() > bench.now));
    }
    if (effects.size() == 1 && count<AdvertisementRefused>(effects) == 1) {
        CHECK(observe(bench.router) == before);
    }
}

}  // namespace

TEST_CASE("whatever happens, addresses stand exactly while a router serves", "[vrrp]") {
    for (std::uint32_t seed = 0; seed < 600; ++seed) {
        Chaos chaos(seed);
        Bench bench(chaos.config());
        bool installed = false;
        for (int i = 0; i < 200; ++i) {
            bench.now += chaos.step(bench.router.deadline(), bench.now);
            CAPTURE(seed, i);
            check_step(bench, chaos.event(bench), installed);
        }
    }
}

TEST_CASE("a spurious timer does nothing, whatever happened before", "[vrrp]") {
    for (std::uint32_t seed = 1000; seed < 1300; ++seed) {
        Chaos chaos(seed);
        Bench bench(chaos.config());
        for (int i = 0; i < 200; ++i) {
            bench.now += chaos.step(bench.router.deadline(), bench.now);
            bench.handle(chaos.event(bench));
            if (bench.router.deadline() && *bench.router.deadline() <= bench.now) {
                continue;
            }
            const Observed before = observe(bench.router);

            CAPTURE(seed, i);
            CHECK(bench.handle(TimerExpired{}).empty());
            CHECK(observe(bench.router) == before);
        }
    }
}

// L-1: no sequence of events leaves a router that waits for nothing.
TEST_CASE("whatever happened, in silence a router that is fit becomes master", "[vrrp]") {
    for (std::uint32_t seed = 2000; seed < 2400; ++seed) {
        Chaos chaos(seed);
        Bench bench(chaos.config());
        for (int i = 0; i < 60; ++i) {
            bench.now += chaos.step(bench.router.deadline(), bench.now);
            bench.handle(chaos.event(bench));
        }
        const bool is_ipv4 = bench.router.config().family() == Family::ipv4;
        bench.handle(SourceChanged{is_ipv4 ? us : us_6});
        bench.handle(PriorityChanged{100});
        bench.handle(Startup{});

        int wakes = 0;
        while (bench.router.state() != State::master && wakes < 10) {
            REQUIRE(bench.router.deadline());
            bench.now = std::max(bench.now, *bench.router.deadline());
            bench.handle(TimerExpired{});
            ++wakes;
        }

        CAPTURE(seed);
        CHECK(bench.router.state() == State::master);
    }
}

// S-17
TEST_CASE("the same events give the same effects", "[vrrp]") {
    const auto run = [](std::uint32_t seed) {
        Chaos chaos(seed);
        Bench bench(chaos.config());
        std::vector<TimedEffect> seen;
        for (int i = 0; i < 200; ++i) {
            bench.now += chaos.step(bench.router.deadline(), bench.now);
            for (const Effect& effect : bench.handle(chaos.event(bench))) {
                seen.push_back({bench.now - Instant{}, effect});
            }
        }
        return seen;
    };
    for (std::uint32_t seed = 3000; seed < 3050; ++seed) {
        CHECK(run(seed) == run(seed));
    }
}

}  // namespace vrrp::test
