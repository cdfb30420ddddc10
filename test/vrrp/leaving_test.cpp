#include "catch2.hpp"
#include "vrrp/bench.hpp"

namespace vrrp::test {

TEST_CASE("a leaving master says priority 0 again after a millisecond", "[vrrp]") {
    Bench bench = leaving();

    CHECK(bench.patience() == 1ms);
    CHECK(bench.expire() == EffectList{SendAdvertisement{0}});
    CHECK(bench.router.state() == State::leaving);
}

TEST_CASE("a strict router says priority 0 once", "[vrrp]") {
    RouterConfig config = usual_config();
    config.strict = true;
    Bench bench = leaving(config);

    CHECK(bench.run_for(1099ms).empty());
}

TEST_CASE("a leaving master goes when its successor has had time to announce itself", "[vrrp]") {
    for (const std::uint8_t priority : Priorities{1, 90, 100, 200}) {
        Bench bench = leaving();
        bench.run_for(10ms);

        CHECK(bench.hear(lower_address, priority).empty());
        CHECK(bench.router.state() == State::leaving);
        CHECK(bench.router.heard_master() == lower_address);
        CHECK(bench.router.deadline() == bench.now + handover_overlap);
        const auto effects = bench.expire();

        CHECK(effects == EffectList{RemoveAddresses{},
                                    StateChanged{State::leaving, State::initialize,
                                                 Cause::successor_heard, lower_address, priority}});
        CHECK_FALSE(bench.router.deadline());
    }
}

TEST_CASE("further adverts of a successor don't keep a leaving master", "[vrrp]") {
    Bench bench = leaving();
    bench.run_for(10ms);
    bench.hear(lower_address, 90);
    const auto deadline = bench.router.deadline();
    bench.now += 2ms;

    CHECK(bench.hear(lower_address, 90).empty());

    CHECK(bench.router.deadline() == deadline);
}

TEST_CASE("a leaving master does not say priority 0 again once it is succeeded", "[vrrp]") {
    Bench bench = leaving();
    bench.now += 500us;

    bench.hear(lower_address, 90);

    CHECK(bench.router.deadline() == bench.now + handover_overlap);
}

TEST_CASE("a successor at the last moment does not prolong the leaving", "[vrrp]") {
    Bench bench = leaving();
    const Instant start = bench.now;
    bench.run_for(leaving_limit - 1ms);

    bench.hear(lower_address, 90);

    CHECK(bench.router.deadline() == start + leaving_limit);
}

TEST_CASE("a leaving master goes all the same when nobody comes", "[vrrp]") {
    Bench bench = leaving();
    const Instant start = bench.now;
    bench.run_for(1ms);

    const auto effects = bench.expire();

    CHECK(bench.now - start == leaving_limit);
    CHECK(effects == EffectList{RemoveAddresses{}, StateChanged{State::leaving, State::initialize,
                                                                Cause::nobody_came}});
    CHECK_FALSE(bench.router.deadline());
}

TEST_CASE("a leaving master sends and announces nothing but its farewell", "[vrrp]") {
    Bench bench = leaving();

    CHECK(only(bench.run_for(leaving_limit - 1ns)) == EffectList{SendAdvertisement{0}});
}

TEST_CASE("a leaving master is not impressed by another that leaves", "[vrrp]") {
    Bench bench = leaving();
    bench.run_for(10ms);
    const Observed before = observe(bench.router);

    CHECK(bench.hear(lower_address, 0).empty());
    CHECK(observe(bench.router) == before);
}

TEST_CASE("a second shutdown changes nothing", "[vrrp]") {
    Bench bench = leaving();
    bench.run_for(10ms);
    const Observed before = observe(bench.router);

    CHECK(bench.handle(Shutdown{}).empty());
    CHECK(observe(bench.router) == before);
}

TEST_CASE("a leaving master whose service dies goes at once", "[vrrp]") {
    Bench bench = leaving();
    bench.run_for(10ms);

    CHECK(bench.handle(PriorityChanged{0}) ==
          EffectList{RemoveAddresses{},
                     StateChanged{State::leaving, State::initialize, Cause::priority_zero}});
    CHECK_FALSE(bench.router.deadline());
}

TEST_CASE("a service that dies in the millisecond of the farewell does not lose the second",
          "[vrrp]") {
    Bench bench = leaving();
    bench.now += 500us;

    bench.handle(PriorityChanged{0});

    CHECK(bench.patience() == 500us);
    CHECK(bench.expire() == EffectList{SendAdvertisement{0}});
    CHECK_FALSE(bench.router.deadline());
}

TEST_CASE("a leaving master whose link is lost goes at once", "[vrrp]") {
    Bench bench = leaving();

    CHECK(bench.handle(SourceChanged{std::nullopt}) ==
          EffectList{RemoveAddresses{},
                     StateChanged{State::leaving, State::initialize, Cause::no_source}});
    CHECK_FALSE(bench.router.deadline());
}

TEST_CASE("another priority above 0 does not move a leaving master", "[vrrp]") {
    Bench bench = leaving();
    bench.run_for(10ms);
    const auto deadline = bench.router.deadline();

    CHECK(bench.handle(PriorityChanged{50}).empty());
    CHECK(bench.router.state() == State::leaving);
    CHECK(bench.router.deadline() == deadline);
}

TEST_CASE("a leaving master that is started again resumes", "[vrrp]") {
    Bench bench = leaving();
    bench.now += 500us;

    const auto effects = bench.handle(Startup{});

    CHECK(effects == EffectList{SendAdvertisement{100}, InstallAddresses{}, AnnounceAddresses{},
                                StateChanged{State::leaving, State::master, Cause::startup}});
    // The second farewell is not said.
    CHECK(only(bench.run_for(199ms)).empty());
    CHECK(bench.router.state() == State::master);
}

TEST_CASE("a router that has left stays away", "[vrrp]") {
    Bench bench = leaving();
    bench.run_for(2s);
    REQUIRE(bench.router.state() == State::initialize);

    CHECK(bench.hear(lower_address, 0) ==
          EffectList{AdvertisementRefused{RefuseReason::not_running, lower_address}});
    CHECK(bench.handle(PriorityChanged{100}).empty());
    CHECK(bench.handle(SourceChanged{higher_address}).empty());
    CHECK(bench.router.state() == State::initialize);
    CHECK_FALSE(bench.router.deadline());
}

}  // namespace vrrp::test
