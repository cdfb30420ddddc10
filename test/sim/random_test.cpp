#include <chrono>
#include <cstdint>

#include "catch2.hpp"
#include "rehearse/random.hpp"
#include "rehearse/scenario.hpp"

namespace rehearse::test {

using namespace std::chrono_literals;

// The first numbers of splitmix64, as its authors publish them.
TEST_CASE("random numbers are the same on every platform", "[sim]") {
    Random random(1234567);

    CHECK(random.next() == 6457827717110365317U);
    CHECK(random.next() == 3203168211198807973U);
    CHECK(random.next() == 9817491932198370423U);
}

TEST_CASE("random numbers stay within their bounds", "[sim]") {
    Random random(1);
    for (int i = 0; i < 10'000; ++i) {
        CHECK(random.below(3) < 3);
        const auto span = random.between(-2ns, 2ns);
        CHECK(span >= -2ns);
        CHECK(span <= 2ns);
        CHECK_FALSE(random.chance(0));
        CHECK(random.chance(10'000));
    }
}

TEST_CASE("a seed always makes the same scenario", "[sim]") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        CHECK(make_scenario(seed) == make_scenario(seed));
    }
    CHECK_FALSE(make_scenario(1) == make_scenario(2));
}

TEST_CASE("a scenario has its faults in the order of time and ends in peace", "[sim]") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const Scenario scenario = make_scenario(seed);

        vrrp::Instant before{};
        for (const TimedFault& fault : scenario.faults) {
            CHECK(fault.at >= before);
            before = fault.at;
        }
        CHECK(scenario.end >= before + 5s);
        CHECK(scenario.hosts.size() >= 1);
        CHECK(scenario.hosts.size() <= 7);
    }
}

}  // namespace rehearse::test
