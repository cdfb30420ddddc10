#include "catch2.hpp"
#include "vrrp/bench.hpp"

namespace vrrp::test {

namespace {

constexpr Duration down_interval = 3609375us;  // of priority 100

}  // namespace

// B-02
TEST_CASE("a backup that is stopped says nothing", "[vrrp]") {
    Bench bench = started();

    const auto effects = bench.handle(Shutdown{});

    CHECK(effects == EffectList{StateChanged{State::backup, State::initialize, Cause::shutdown}});
    CHECK_FALSE(bench.router.deadline());
}

// B-03
TEST_CASE("a backup takes over when nobody speaks", "[vrrp]") {
    Bench bench = started();
    bench.now += down_interval;

    const auto effects = bench.handle(TimerExpired{});

    CHECK(effects == EffectList{SendAdvertisement{100}, InstallAddresses{}, AnnounceAddresses{},
                                StateChanged{State::backup, State::master, Cause::master_silent}});
}

TEST_CASE("a backup waits for its down interval to the nanosecond", "[vrrp]") {
    Bench bench = started();
    bench.now += down_interval - 1ns;

    CHECK(bench.handle(TimerExpired{}).empty());
    CHECK(bench.router.state() == State::backup);

    bench.now += 1ns;
    CHECK_FALSE(bench.handle(TimerExpired{}).empty());
    CHECK(bench.router.state() == State::master);
}

TEST_CASE("a backup names the master that fell silent", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 200);

    const auto effects = bench.expire();

    CHECK(effects.back() == Effect(StateChanged{State::backup, State::master, Cause::master_silent,
                                                higher_address, 200}));
    CHECK(bench.now - Instant{} == down_interval);
}

// B-04
TEST_CASE("a backup waits only the handover skew after priority 0", "[vrrp]") {
    for (int priority = 1; priority < 255; ++priority) {
        Bench bench = started(usual_config(static_cast<std::uint8_t>(priority)));
        bench.hear(higher_address, 255);
        bench.now += 500ms;

        CHECK(bench.hear(higher_address, 0).empty());

        CHECK(bench.router.state() == State::backup);
        CHECK(bench.patience() == (256 - priority) * 100us);
        CHECK(bench.expire().back() == Effect(StateChanged{State::backup, State::master,
                                                           Cause::master_left, higher_address, 0}));
    }
}

// B-04 to the letter
TEST_CASE("a strict backup waits the skew time after priority 0", "[vrrp]") {
    for (int priority = 1; priority < 255; ++priority) {
        RouterConfig config = usual_config(static_cast<std::uint8_t>(priority));
        config.strict = true;
        Bench bench = started(config);
        bench.hear(higher_address, 255);

        bench.hear(higher_address, 0);

        CHECK(bench.patience() == (256 - priority) * 3906250ns);
    }
}

TEST_CASE("priority 0 said twice is not waited for twice", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 200);
    bench.hear(higher_address, 0);
    const auto deadline = bench.router.deadline();
    bench.now += 1ms;

    bench.hear(higher_address, 0);

    CHECK(bench.router.deadline() == deadline);
}

// B-04 has no condition: Down_Timer := Skew.
TEST_CASE("priority 0 sets the timer also where it would have fired earlier", "[vrrp]") {
    RouterConfig config = usual_config();
    config.strict = true;
    Bench bench = started(config);
    bench.now += down_interval - 1ms;

    bench.hear(higher_address, 0);

    CHECK(bench.patience() == skew_time(Version::v2, Centiseconds(100), 100));
}

// Ambiguity 6: B-04 has no condition.
TEST_CASE("a backup that does not preempt still succeeds a master that left", "[vrrp]") {
    RouterConfig config = usual_config();
    config.preempt = false;
    Bench bench = started(config);
    bench.hear(lower_address, 50);

    bench.hear(lower_address, 0);

    CHECK(bench.patience() == handover_skew(Version::v2, Centiseconds(100), 100));
    bench.expire();
    CHECK(bench.router.state() == State::master);
}

TEST_CASE("a backup follows the successor of a master that left", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 200);
    bench.hear(higher_address, 0);
    bench.now += 5ms;

    bench.hear(lower_address, 150);

    CHECK(bench.router.heard_master() == lower_address);
    CHECK(bench.patience() == down_interval);
}

// B-05
TEST_CASE("an advert of higher priority begins the down interval anew", "[vrrp]") {
    Bench bench = started();
    bench.now += 3s;

    CHECK(bench.hear(lower_address, 101).empty());

    CHECK(bench.router.state() == State::backup);
    CHECK(bench.router.heard_master() == lower_address);
    CHECK(bench.patience() == down_interval);
}

// B-05 without preemption
TEST_CASE("a backup that does not preempt follows any priority above 0", "[vrrp]") {
    for (const std::uint8_t priority : Priorities{1, 99, 100, 101, 255}) {
        RouterConfig config = usual_config();
        config.preempt = false;
        Bench bench = started(config);
        bench.now += 3s;

        CHECK(bench.hear(lower_address, priority).empty());

        CHECK(bench.router.heard_master() == lower_address);
        CHECK(bench.patience() == down_interval);
    }
}

// B-06
TEST_CASE("an advert of lower priority does not stop the down interval", "[vrrp]") {
    Bench bench = started();
    const auto deadline = bench.router.deadline();
    for (int i = 0; i < 3; ++i) {
        bench.now += 1s;

        CHECK(bench.hear(higher_address, 99).empty());

        CHECK(bench.router.deadline() == deadline);
        CHECK(bench.router.heard_master() == higher_address);
    }
    CHECK(bench.expire().back() ==
          Effect(StateChanged{State::backup, State::master, Cause::preempt, higher_address, 99}));
}

// B-07
TEST_CASE("a backup follows an equal priority whatever its address", "[vrrp]") {
    for (const IpAddress source : {lower_address, higher_address}) {
        Bench bench = started();
        bench.now += 3s;

        bench.hear(source, 100);

        CHECK(bench.router.heard_master() == source);
        CHECK(bench.patience() == down_interval);
    }
}

// T-08, S-13: the owner of the addresses always preempts.
TEST_CASE("an owner preempts even where preempt is off", "[vrrp]") {
    RouterConfig config = usual_config(owner_priority);
    config.preempt = false;
    Bench bench = master(config);
    bench.now += 10s;
    bench.handle(TimerExpired{});  // it has stalled and listens
    REQUIRE(bench.router.state() == State::backup);
    const auto deadline = bench.router.deadline();
    bench.now += 1s;

    bench.hear(lower_address, 254);

    CHECK(bench.router.deadline() == deadline);
}

TEST_CASE("a backup keeps following while the master speaks each second", "[vrrp]") {
    Bench bench = started();
    for (int i = 0; i < 100; ++i) {
        CHECK(bench.run_for(1s).empty());
        CHECK(bench.hear(higher_address, 200).empty());
    }
    CHECK(bench.router.state() == State::backup);
}

TEST_CASE("the down interval follows the configured interval", "[vrrp]") {
    RouterConfig config = usual_config();
    config.interval = Centiseconds(500);
    Bench bench = started(config);

    CHECK(bench.patience() == 15s + skew_time(Version::v2, Centiseconds(100), 100));
}

TEST_CASE("a backup that waits for its group and loses the group goes on alone", "[vrrp]") {
    RouterConfig config = usual_config();
    config.is_grouped = true;
    Bench bench = started(config);
    bench.expire();
    REQUIRE(bench.router.is_ready());

    config.is_grouped = false;
    bench.handle(Reconfigured{config});

    CHECK_FALSE(bench.router.is_ready());
    REQUIRE(bench.router.deadline());
    bench.expire();
    CHECK(bench.router.state() == State::master);
}

}  // namespace vrrp::test
