#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "catch2.hpp"
#include "rehearse/simulation.hpp"

namespace rehearse::test {

namespace {

/// UNDERSTUDY_SEEDS and UNDERSTUDY_FIRST_SEED ask for more and other ones.
std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::stoull(text);
}

/// A family of scenarios, and how one of them is replayed.
struct Family {
    Scenario (*make)(std::uint64_t);
    std::string_view replay;
};

std::string story_of(const Family& family, std::uint64_t seed, const Violation& violation) {
    return fmt::format("{} at {}: {}\n{} {}", violation.invariant, seconds_text(violation.at),
                       violation.what, family.replay, seed);
}

void play(const Family& family, std::uint64_t seeds) {
    const std::uint64_t first = number_from("UNDERSTUDY_FIRST_SEED", 0);
    std::uint64_t steps = 0;
    std::uint64_t takeovers = 0;
    vrrp::Duration router_time{0};
    int violations = 0;
    for (std::uint64_t seed = first; seed < first + seeds && violations < 10; ++seed) {
        Trace trace;
        const Outcome outcome = run(family.make(seed), {}, trace);
        if (outcome.violation) {
            ++violations;
            UNSCOPED_INFO(story_of(family, seed, *outcome.violation));
            CHECK_FALSE(outcome.violation);
        }
        steps += outcome.steps;
        takeovers += static_cast<std::uint64_t>(outcome.takeovers);
        router_time += outcome.router_time;
    }
    fmt::print("{} seeds: {} router-hours, {} steps, {} takeovers\n", seeds,
               std::chrono::duration_cast<std::chrono::hours>(router_time).count(), steps,
               takeovers);
}

}  // namespace

TEST_CASE("no seed breaks an invariant", "[sim]") {
    play({make_scenario, "build/test/sim/replay"}, number_from("UNDERSTUDY_SEEDS", 100'000));
}

TEST_CASE("no seed of sync groups breaks an invariant", "[sim]") {
    play({make_group_scenario, "build/test/sim/replay --groups"},
         number_from("UNDERSTUDY_GROUP_SEEDS", 20'000));
}

// S-17
TEST_CASE("the same seed gives the same run", "[sim]") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        Trace first;
        Trace second(true);

        const Outcome a = run(make_scenario(seed), Behaviour{}, first);
        const Outcome b = run(make_scenario(seed), Behaviour{}, second);

        CHECK(a.trace_hash == b.trace_hash);
        CHECK(a.steps == b.steps);
    }
}

TEST_CASE("different seeds give different runs", "[sim]") {
    Trace first;
    Trace second;

    const Outcome a = run(make_scenario(1), Behaviour{}, first);
    const Outcome b = run(make_scenario(2), Behaviour{}, second);

    CHECK(a.trace_hash != b.trace_hash);
}

}  // namespace rehearse::test
