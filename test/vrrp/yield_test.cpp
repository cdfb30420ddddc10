#include <cstdint>

#include "catch2.hpp"
#include "vrrp/version3.hpp"

// A lowered priority is a handover too: the backup above its master succeeds it at once, the master
// below a router that it knows leaves, and comes back where nobody comes.
namespace vrrp::test {

namespace {

constexpr Duration down_interval = 3609375us;  // of priority 100

RouterConfig knowing(std::uint8_t rival, std::uint8_t priority = 100) {
    RouterConfig config = usual_config(priority);
    config.rival_priority = rival;
    return config;
}

Bench yielding() {
    Bench bench = master(knowing(90));
    bench.handle(PriorityChanged{80});
    return bench;
}

}  // namespace

TEST_CASE("a backup succeeds a master that falls below it", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 150);
    bench.now += 1s;

    CHECK(bench.hear(higher_address, 50).empty());

    CHECK(bench.patience() == handover_skew(Version::v2, Centiseconds(100), 100));
    check_takes_over_after(bench, 15600us);
    CHECK(bench.expire().back() == Effect(StateChanged{State::backup, State::master,
                                                       Cause::master_fell, higher_address, 50}));
}

TEST_CASE("in version 3 a backup succeeds a master that falls below it", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = started(v3_config(third.family));
        bench.handle(peer_advert(bench, third.higher, 100, Centiseconds(1)));

        bench.handle(peer_advert(bench, third.higher, 99, Centiseconds(1)));

        check_takes_over_after(bench, 6093750ns);
    }
}

// B-06 to the letter
TEST_CASE("a strict backup discards the advert of a master that falls below it", "[vrrp]") {
    RouterConfig config = usual_config();
    config.strict = true;
    Bench bench = started(config);
    bench.hear(higher_address, 150);
    const auto deadline = bench.router.deadline();
    bench.now += 1s;

    CHECK(bench.hear(higher_address, 50).empty());

    CHECK(bench.router.deadline() == deadline);
    CHECK(bench.expire().back() ==
          Effect(StateChanged{State::backup, State::master, Cause::preempt, higher_address, 50}));
}

// S-13
TEST_CASE("a backup that does not preempt follows its master however low it falls", "[vrrp]") {
    RouterConfig config = usual_config();
    config.preempt = false;
    Bench bench = started(config);
    bench.hear(higher_address, 150);
    bench.now += 1s;

    bench.hear(higher_address, 1);

    CHECK(bench.patience() == down_interval);
    CHECK(bench.router.heard_master() == higher_address);
}

// S-13 with last_resort: health goes before what is preferred.
TEST_CASE("a backup that does not preempt succeeds a master of last resort", "[vrrp]") {
    RouterConfig config = usual_config();
    config.preempt = false;
    config.last_resort = true;
    Bench bench = started(config);
    bench.hear(higher_address, 150);
    bench.now += 1s;

    bench.hear(higher_address, 2);
    CHECK(bench.patience() == down_interval);

    bench = started(config);
    bench.hear(higher_address, 150);
    CHECK(bench.hear(higher_address, 1).empty());
    check_takes_over_after(bench, 15600us);
}

TEST_CASE("a fit backup does not stay behind a master of last resort that it met so", "[vrrp]") {
    RouterConfig config = usual_config();
    config.preempt = false;
    config.last_resort = true;
    Bench bench = started(config);
    const auto deadline = bench.router.deadline();
    for (int i = 0; i < 3; ++i) {
        bench.now += 1s;
        bench.hear(higher_address, 1);
        CHECK(bench.router.deadline() == deadline);
    }

    CHECK(bench.expire().back() ==
          Effect(StateChanged{State::backup, State::master, Cause::preempt, higher_address, 1}));
}

TEST_CASE("an unfit backup of last resort stays behind another one", "[vrrp]") {
    RouterConfig config = usual_config(1);
    config.preempt = false;
    config.last_resort = true;
    Bench bench = started(config);

    bench.hear(higher_address, 1);

    CHECK(bench.router.heard_master() == higher_address);
    CHECK(bench.patience() == master_down_interval(Version::v2, Centiseconds(100), 1));
}

// B-06: a master that speaks often must not put us off for ever.
TEST_CASE("the further adverts of a master that fell don't put its successor off", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 150);
    bench.hear(higher_address, 50);
    const auto deadline = bench.router.deadline();
    for (int i = 0; i < 15; ++i) {
        bench.now += 1ms;

        bench.hear(higher_address, 50);

        CHECK(bench.router.deadline() == deadline);
    }
}

TEST_CASE("a master that falls and rises again is followed", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 150);
    bench.hear(higher_address, 50);
    bench.now += 10ms;

    bench.hear(higher_address, 150);

    CHECK(bench.patience() == down_interval);
}

TEST_CASE("a backup that falls below the master that fell follows it again", "[vrrp]") {
    for (const std::uint8_t fallen : Priorities{50, 40}) {
        Bench bench = started();
        bench.hear(higher_address, 150);
        bench.hear(higher_address, 50);
        bench.now += 1ms;

        CHECK(bench.handle(PriorityChanged{fallen}).empty());

        CHECK(bench.router.deadline() ==
              Instant{} + master_down_interval(Version::v2, Centiseconds(100), fallen));
        CHECK(bench.router.heard_master() == higher_address);
    }
}

TEST_CASE("a backup that falls, yet not below the master that fell, succeeds it", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 150);
    bench.hear(higher_address, 50);

    bench.handle(PriorityChanged{51});

    CHECK(bench.patience() == handover_skew(Version::v2, Centiseconds(100), 51));
}

TEST_CASE("a master that fell and then leaves is waited for once", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 150);
    bench.hear(higher_address, 50);
    const auto deadline = bench.router.deadline();
    bench.now += 1ms;

    bench.hear(higher_address, 0);

    CHECK(bench.router.deadline() == deadline);
}

TEST_CASE("only the master that is followed can fall", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 150);
    const auto deadline = bench.router.deadline();
    bench.now += 1s;

    bench.hear(lower_address, 50);

    CHECK(bench.router.deadline() == deadline);
}

// M-12
TEST_CASE("a master that falls below a router that it knows leaves for it", "[vrrp]") {
    Bench bench = master(knowing(90));

    CHECK(bench.handle(PriorityChanged{80}) ==
          EffectList{SendAdvertisement{0},
                     StateChanged{State::master, State::leaving, Cause::yields}});
    CHECK(bench.expire() == EffectList{SendAdvertisement{0}});
}

TEST_CASE("a master that falls, yet not below whom it knows, stays", "[vrrp]") {
    for (const std::uint8_t rival : Priorities{0, 79, 80}) {
        Bench bench = master(knowing(rival));

        CHECK(bench.handle(PriorityChanged{80}).empty());
        CHECK(bench.router.state() == State::master);
    }
}

TEST_CASE("a master that rises, still below whom it knows, stays", "[vrrp]") {
    Bench bench = master(knowing(200));

    CHECK(bench.handle(PriorityChanged{120}).empty());
    CHECK(bench.router.state() == State::master);
}

TEST_CASE("a master knows the router that spoke last", "[vrrp]") {
    Bench bench = master();
    bench.hear(lower_address, 90);

    CHECK(bench.handle(PriorityChanged{80}).back() ==
          Effect(StateChanged{State::master, State::leaving, Cause::yields}));
}

TEST_CASE("a master does not leave for one that it succeeded because it was silent", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 150);
    bench.expire();
    REQUIRE(bench.router.state() == State::master);

    CHECK(bench.handle(PriorityChanged{80}).empty());
    CHECK(bench.router.state() == State::master);
}

TEST_CASE("a master does not leave for one that had left", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 150);
    bench.hear(higher_address, 0);
    bench.expire();

    CHECK(bench.handle(PriorityChanged{80}).empty());
    CHECK(bench.router.state() == State::master);
}

TEST_CASE("who is strict or does not preempt yields to nobody by itself", "[vrrp]") {
    RouterConfig strict = knowing(200);
    strict.strict = true;
    RouterConfig calm = knowing(200);
    calm.preempt = false;
    for (const RouterConfig& config : {strict, calm}) {
        Bench bench = master(config);

        CHECK(bench.handle(PriorityChanged{80}).empty());
        CHECK(bench.router.state() == State::master);
    }
}

TEST_CASE("a master of last resort leaves for whom it knows, also without preempt", "[vrrp]") {
    RouterConfig config = knowing(90);
    config.preempt = false;
    config.last_resort = true;
    Bench bench = master(config);
    CHECK(bench.handle(PriorityChanged{80}).empty());

    CHECK(bench.handle(PriorityChanged{1}) ==
          EffectList{SendAdvertisement{0},
                     StateChanged{State::master, State::leaving, Cause::yields}});
}

TEST_CASE("who yielded is a backup once its successor has announced itself", "[vrrp]") {
    Bench bench = yielding();
    bench.run_for(20ms);

    CHECK(bench.hear(lower_address, 90).empty());
    CHECK(bench.patience() == handover_overlap);
    CHECK(bench.expire() ==
          EffectList{RemoveAddresses{}, StateChanged{State::leaving, State::backup,
                                                     Cause::successor_heard, lower_address, 90}});
    CHECK(bench.router.heard_master() == lower_address);
    CHECK(bench.patience() == master_down_interval(Version::v2, Centiseconds(100), 80));
}

TEST_CASE("in version 3 who yielded goes by its successor's interval", "[vrrp]") {
    for (const Third& third : both_families) {
        RouterConfig config = v3_config(third.family);
        config.rival_priority = 90;
        Bench bench = master(config);
        bench.handle(PriorityChanged{80});
        bench.run_for(20ms);

        bench.handle(peer_advert(bench, third.lower, 90, Centiseconds(50)));
        bench.expire();

        CHECK(bench.patience() == down_interval_3(Centiseconds(50), 80));
    }
}

TEST_CASE("who yielded and finds that nobody comes is master again", "[vrrp]") {
    Bench bench = yielding();
    const Instant start = bench.now;
    bench.run_for(1ms);

    CHECK(bench.expire() ==
          EffectList{SendAdvertisement{80}, InstallAddresses{}, AnnounceAddresses{},
                     StateChanged{State::leaving, State::master, Cause::nobody_came}});
    CHECK(bench.now - start == leaving_limit);
}

TEST_CASE("who yielded to a router of lower rank preempts it in time", "[vrrp]") {
    Bench bench = yielding();
    bench.run_for(20ms);
    bench.hear(lower_address, 50);
    bench.expire();
    const Instant start = bench.now;
    for (int i = 0; i < 3; ++i) {
        bench.now += 1s;
        bench.hear(lower_address, 50);
    }

    CHECK(bench.router.deadline() ==
          start + master_down_interval(Version::v2, Centiseconds(100), 80));
    CHECK(bench.expire().back() ==
          Effect(StateChanged{State::backup, State::master, Cause::preempt, lower_address, 50}));
}

TEST_CASE("who is told to stop while it yields goes in the end", "[vrrp]") {
    Bench bench = yielding();

    CHECK(bench.handle(Shutdown{}).empty());

    CHECK(only(bench.run_for(leaving_limit)).back() ==
          Effect(StateChanged{State::leaving, State::initialize, Cause::nobody_came}));
    CHECK_FALSE(bench.router.deadline());
}

TEST_CASE("a startup does not call back who yields", "[vrrp]") {
    Bench bench = yielding();
    const Observed before = observe(bench.router);
    bench.now += 500us;

    CHECK(bench.handle(Startup{}).empty());
    CHECK(observe(bench.router) == before);
}

TEST_CASE("who starts again while it leaves does not disturb a successor in office", "[vrrp]") {
    Bench bench = leaving();
    bench.run_for(20ms);
    bench.hear(lower_address, 90);
    const auto deadline = bench.router.deadline();

    CHECK(bench.handle(Startup{}).empty());

    CHECK(bench.router.deadline() == deadline);
    CHECK(bench.expire().back() == Effect(StateChanged{State::leaving, State::backup,
                                                       Cause::successor_heard, lower_address, 90}));
}

TEST_CASE("who yields and whose service then dies goes at once", "[vrrp]") {
    Bench bench = yielding();
    bench.run_for(10ms);

    CHECK(bench.handle(PriorityChanged{0}) ==
          EffectList{RemoveAddresses{},
                     StateChanged{State::leaving, State::initialize, Cause::priority_zero}});
}

// L-5: a successor may have come meanwhile; it is not shouted down, nor is another farewell said.
TEST_CASE("who is frozen while it yields listens first when it wakes", "[vrrp]") {
    Bench bench = yielding();
    bench.now += 1min;

    CHECK(
        bench.handle(TimerExpired{}) ==
        EffectList{RemoveAddresses{}, StateChanged{State::leaving, State::backup, Cause::stalled}});
    CHECK(bench.patience() == master_down_interval(Version::v2, Centiseconds(100), 80));
}

TEST_CASE("who is frozen while it stops says no late farewell", "[vrrp]") {
    Bench bench = leaving();
    bench.now += 1min;

    CHECK(bench.handle(TimerExpired{}) ==
          EffectList{RemoveAddresses{},
                     StateChanged{State::leaving, State::initialize, Cause::nobody_came}});
}

TEST_CASE("a member that waited for its group yields to nobody who fell silent meanwhile",
          "[vrrp]") {
    RouterConfig config = usual_config();
    config.is_grouped = true;
    Bench bench = started(config);
    bench.hear(higher_address, 80);
    bench.expire();
    bench.now += 10s;
    REQUIRE(bench.handle(TakeOver{}).back() ==
            Effect(StateChanged{State::backup, State::master, Cause::master_silent}));

    bench.handle(PriorityChanged{70});

    CHECK(bench.router.state() == State::master);
}

}  // namespace vrrp::test
