#include <cstdint>

#include "catch2.hpp"
#include "vrrp/version3.hpp"

// A router of lower rank that goes on as a master although it is answered does not hear us.
namespace vrrp::test {

namespace {

const Effect second_master = SecondMaster{lower_address, 50};
const EffectList answer{SendAdvertisement{100}, AnnounceAddresses{}};

bool tells(const EffectList& effects) {
    for (const Effect& effect : effects) {
        if (std::holds_alternative<SecondMaster>(effect)) {
            return true;
        }
    }
    return false;
}

}  // namespace

// L-9
TEST_CASE("a lower rank that is heard three times is a second master", "[vrrp]") {
    Bench bench = master();
    for (int i = 1; i <= 6; ++i) {
        bench.run_for(1s);

        const auto effects = bench.hear(lower_address, 50);

        CHECK(tells(effects) == (i >= 3));
        if (i >= 3) {
            CHECK(effects ==
                  EffectList{second_master, SendAdvertisement{100}, AnnounceAddresses{}});
        }
        CHECK(bench.router.state() == State::master);
    }
}

// M-09: there should be one owner.
TEST_CASE("a second owner is told at once", "[vrrp]") {
    Bench bench = master(usual_config(255));

    const auto effects = bench.hear(lower_address, 255);

    CHECK(effects == EffectList{SecondMaster{lower_address, 255}, SendAdvertisement{255},
                                AnnounceAddresses{}});
}

// L-9, M-06
TEST_CASE("in version 3 a lower rank that is heard three times is a second master", "[vrrp]") {
    for (const Third& third : both_families) {
        for (const int interval : {1, 100, 4095}) {
            Bench bench = master(v3_config(third.family));
            for (int i = 1; i <= 4; ++i) {
                bench.run_for(interval * 10ms);

                const auto effects =
                    bench.handle(peer_advert(bench, third.lower, 50, Centiseconds(interval)));

                CHECK(tells(effects) == (i >= 3));
            }
        }
    }
}

TEST_CASE("a strict master tells a second one too, without a word to it", "[vrrp]") {
    RouterConfig config = usual_config();
    config.strict = true;
    Bench bench = master(config);
    bench.hear(lower_address, 50);
    bench.hear(lower_address, 50);

    CHECK(bench.hear(lower_address, 50) == EffectList{second_master});
}

// As when a partition heals: the first answer may be lost.
TEST_CASE("a lower rank that is heard twice has heard the answer", "[vrrp]") {
    Bench bench = master();
    for (int i = 0; i < 10; ++i) {
        bench.run_for(1s);
        CHECK(bench.hear(lower_address, 50) == answer);
        bench.run_for(1s);
        CHECK(bench.hear(lower_address, 50) == answer);
        bench.run_for(3609375us);
    }
}

TEST_CASE("a contender counts as long as its silence is shorter than a down interval", "[vrrp]") {
    for (const auto& [silence, counts] :
         {std::pair(Duration(3609375us) - 1ns, true), std::pair(Duration(3609375us), false)}) {
        Bench bench = master();
        bench.hear(lower_address, 50);
        bench.run_for(silence);
        bench.hear(lower_address, 50);
        bench.run_for(1s);

        CHECK(tells(bench.hear(lower_address, 50)) == counts);
    }
}

TEST_CASE("priority 0 makes no second master", "[vrrp]") {
    Bench bench = master();
    for (int i = 0; i < 5; ++i) {
        CHECK(bench.hear(lower_address, 0) == EffectList{SendAdvertisement{100}});
    }
}

TEST_CASE("each contender is counted by itself", "[vrrp]") {
    Bench bench = master();
    bench.hear(lower_address, 50);
    bench.hear(lower_address, 50);

    CHECK_FALSE(tells(bench.hear(IpAddress(192, 0, 2, 3), 50)));
}

TEST_CASE("what was counted is forgotten with the office", "[vrrp]") {
    Bench bench = master();
    bench.hear(lower_address, 50);
    bench.hear(lower_address, 50);
    bench.hear(higher_address, 200);
    bench.hear(higher_address, 0);
    bench.expire();
    REQUIRE(bench.router.state() == State::master);

    CHECK_FALSE(tells(bench.hear(lower_address, 50)));
}

// S-7: the count goes on while the answers are bounded.
TEST_CASE("a flood of lower ranks is answered seldom and told", "[vrrp]") {
    Bench bench = master();
    bench.hear(lower_address, 50);
    bench.hear(lower_address, 50);
    bench.now += 1ms;

    CHECK(bench.hear(lower_address, 50) == EffectList{second_master});
}

// M-10
TEST_CASE("an equal priority that does not give way is a second master", "[vrrp]") {
    Bench bench = master();
    bench.hear(lower_address, 100);
    bench.hear(lower_address, 100);

    CHECK(tells(bench.hear(lower_address, 100)));
}

}  // namespace vrrp::test
