#include "catch2.hpp"
#include "vrrp/version3.hpp"

// Another station says, by ARP or neighbour discovery, that it has one of the addresses.
namespace vrrp::test {

TEST_CASE("a master defends its addresses, at most every ten seconds", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = master(v3_config(third.family));
        bench.run_for(10s);

        CHECK(bench.handle(AddressClaimed{}) == EffectList{AnnounceAddresses{}});
        bench.run_for(10s - 1ns);
        CHECK(bench.handle(AddressClaimed{}).empty());
        bench.run_for(1ns);
        CHECK(bench.handle(AddressClaimed{}) == EffectList{AnnounceAddresses{}});
        CHECK(bench.router.state() == State::master);
    }
}

TEST_CASE("a defence leaves the schedules of a master as they were", "[vrrp]") {
    Bench bench = master();
    const Observed before = observe(bench.router);

    bench.handle(AddressClaimed{});

    CHECK(observe(bench.router) == before);
}

TEST_CASE("a leaving master whose successor announces itself goes a moment later", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = leaving(v3_config(third.family));
        bench.handle(peer_advert(bench, third.lower, 90));

        CHECK(bench.handle(AddressClaimed{}).empty());
        CHECK(bench.patience() == claim_overlap);
        CHECK(bench.expire() ==
              EffectList{RemoveAddresses{}, StateChanged{State::leaving, State::initialize,
                                                         Cause::successor_heard, third.lower, 90}});
        CHECK_FALSE(bench.router.deadline());
    }
}

TEST_CASE("who yielded is a backup once its successor announces itself", "[vrrp]") {
    RouterConfig config = usual_config();
    config.rival_priority = 90;
    Bench bench = master(config);
    bench.handle(PriorityChanged{80});
    bench.hear(lower_address, 90);

    bench.handle(AddressClaimed{});

    CHECK(bench.expire().back() == Effect(StateChanged{State::leaving, State::backup,
                                                       Cause::successor_heard, lower_address, 90}));
}

// A claim alone is no successor: it may be an old neighbour's.
TEST_CASE("who is not master, or leaves unheard, does not mind a claim", "[vrrp]") {
    for (Bench bench : {Bench(), started(), leaving()}) {
        const Observed before = observe(bench.router);

        CHECK(bench.handle(AddressClaimed{}).empty());
        CHECK(observe(bench.router) == before);
    }
}

}  // namespace vrrp::test
