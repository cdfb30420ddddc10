#include "catch2.hpp"
#include "vrrp/bench.hpp"

// Leaving for a fault (M-11, I-06): a dead service, a lost link, addresses that can't be installed.
namespace vrrp::test {

// M-11: addresses away first, so that a client's next try already finds the new master.
TEST_CASE("a master whose service dies lets go of the addresses, then says so twice", "[vrrp]") {
    Bench bench = master();
    bench.now += 300ms;

    const auto effects = bench.handle(PriorityChanged{0});

    CHECK(effects ==
          EffectList{RemoveAddresses{}, SendAdvertisement{0},
                     StateChanged{State::master, State::initialize, Cause::priority_zero}});
    CHECK(bench.patience() == 1ms);
    CHECK(bench.expire() == EffectList{SendAdvertisement{0}});
    CHECK_FALSE(bench.router.deadline());
}

TEST_CASE("a strict master whose service dies says so once", "[vrrp]") {
    RouterConfig config = usual_config();
    config.strict = true;
    Bench bench = master(config);

    const auto effects = bench.handle(PriorityChanged{0});

    CHECK(effects ==
          EffectList{RemoveAddresses{}, SendAdvertisement{0},
                     StateChanged{State::master, State::initialize, Cause::priority_zero}});
    CHECK_FALSE(bench.router.deadline());
}

TEST_CASE("a backup whose service dies leaves silently", "[vrrp]") {
    Bench bench = started();

    CHECK(bench.handle(PriorityChanged{0}) ==
          EffectList{StateChanged{State::backup, State::initialize, Cause::priority_zero}});
    CHECK_FALSE(bench.router.deadline());
}

TEST_CASE("a service that returns makes a backup, not a master", "[vrrp]") {
    Bench bench = master();
    bench.handle(PriorityChanged{0});
    bench.run_for(10s);

    CHECK(bench.handle(PriorityChanged{100}) ==
          EffectList{StateChanged{State::initialize, State::backup, Cause::startup}});
    CHECK(bench.patience() == master_down_interval(Version::v2, Centiseconds(100), 100));
}

TEST_CASE("a service that returns within the millisecond of the farewell takes it back", "[vrrp]") {
    Bench bench = master();
    bench.handle(PriorityChanged{0});
    bench.now += 500us;

    bench.handle(PriorityChanged{100});

    CHECK(bench.router.state() == State::backup);
    CHECK(bench.patience() == master_down_interval(Version::v2, Centiseconds(100), 100));
}

// S-13 does not keep an unhealthy router in office.
TEST_CASE("a router that does not preempt leaves when its service dies", "[vrrp]") {
    RouterConfig config = usual_config();
    config.preempt = false;
    Bench bench = master(config);

    bench.handle(PriorityChanged{0});

    CHECK(bench.router.state() == State::initialize);
}

TEST_CASE("an owner whose service returns is master again at once", "[vrrp]") {
    Bench bench = master(usual_config(owner_priority));
    bench.handle(PriorityChanged{0});
    bench.run_for(10s);

    CHECK(bench.handle(PriorityChanged{255}).back() ==
          Effect(StateChanged{State::initialize, State::master, Cause::owner}));
}

// I-06, P-08: without a source address nothing can be sent.
TEST_CASE("a master that loses its link leaves without a word", "[vrrp]") {
    Bench bench = master();

    CHECK(bench.handle(SourceChanged{std::nullopt}) ==
          EffectList{RemoveAddresses{},
                     StateChanged{State::master, State::initialize, Cause::no_source}});
    CHECK_FALSE(bench.router.deadline());
}

TEST_CASE("a link lost in the millisecond of the farewell silences the second", "[vrrp]") {
    Bench bench = master();
    bench.handle(PriorityChanged{0});
    bench.now += 500us;

    CHECK(bench.handle(SourceChanged{std::nullopt}).empty());
    bench.now += 500us;

    CHECK(bench.handle(TimerExpired{}).empty());
    CHECK_FALSE(bench.router.deadline());
}

TEST_CASE("a backup that loses its link leaves and returns with it", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 200);
    bench.now += 1s;

    CHECK(bench.handle(SourceChanged{std::nullopt}) ==
          EffectList{StateChanged{State::backup, State::initialize, Cause::no_source}});
    CHECK_FALSE(bench.router.deadline());
    bench.now += 10s;
    CHECK(bench.handle(SourceChanged{us}) ==
          EffectList{StateChanged{State::initialize, State::backup, Cause::startup}});
    CHECK(bench.patience() == master_down_interval(Version::v2, Centiseconds(100), 100));
    CHECK_FALSE(bench.router.heard_master());
}

TEST_CASE("the same source address again changes nothing", "[vrrp]") {
    for (Bench bench : {started(), master(), leaving()}) {
        const Observed before = observe(bench.router);
        bench.now += 500us;

        CHECK(bench.handle(SourceChanged{us}).empty());
        CHECK(observe(bench.router) == before);
    }
}

// L-10
TEST_CASE("a master that can't install its addresses leaves at once", "[vrrp]") {
    Bench bench = master();

    CHECK(bench.handle(InstallFailed{}) ==
          EffectList{RemoveAddresses{}, SendAdvertisement{0},
                     StateChanged{State::master, State::initialize, Cause::install_failed}});
    CHECK(bench.patience() == 1ms);
    CHECK(bench.expire() == EffectList{SendAdvertisement{0}});
}

TEST_CASE("it tries again as a backup after the recovery delay", "[vrrp]") {
    Bench bench = master();
    bench.handle(InstallFailed{});
    const Instant start = bench.now;
    bench.run_for(1ms);

    const auto effects = bench.expire();

    CHECK(bench.now - start == recovery_delay);
    CHECK(effects == EffectList{StateChanged{State::initialize, State::backup, Cause::startup}});
    CHECK(bench.patience() == master_down_interval(Version::v2, Centiseconds(100), 100));
}

TEST_CASE("nothing cuts the recovery short but a start", "[vrrp]") {
    Bench bench = master();
    bench.handle(InstallFailed{});
    bench.now += 1s;

    CHECK(only({}) == bench.handle(PriorityChanged{200}));
    CHECK(bench.handle(SourceChanged{std::nullopt}).empty());
    CHECK(bench.handle(SourceChanged{us}).empty());
    CHECK(bench.router.state() == State::initialize);

    CHECK(bench.handle(Startup{}).back() ==
          Effect(StateChanged{State::initialize, State::backup, Cause::startup}));
}

TEST_CASE("a failed installation is news to a master only", "[vrrp]") {
    for (Bench bench : {started(), leaving()}) {
        const Observed before = observe(bench.router);

        CHECK(bench.handle(InstallFailed{}).empty());
        CHECK(observe(bench.router) == before);
    }
}

TEST_CASE("a router that recovers without its service stays away", "[vrrp]") {
    Bench bench = master();
    bench.handle(InstallFailed{});
    bench.now += 1s;
    bench.handle(PriorityChanged{0});
    bench.run_for(20s);

    CHECK(bench.router.state() == State::initialize);
    CHECK_FALSE(bench.router.deadline());
    CHECK(bench.handle(PriorityChanged{100}).size() == 1);
    CHECK(bench.router.state() == State::backup);
}

TEST_CASE("a master that lost its addresses puts them back and announces them", "[vrrp]") {
    Bench bench = master();
    bench.run_for(10s);
    const State before = bench.router.state();

    const auto effects = bench.handle(AddressesLost{});

    CHECK(effects == EffectList{SendAdvertisement{100}, InstallAddresses{}, AnnounceAddresses{}});
    CHECK(bench.router.state() == before);
    CHECK(only(bench.run_for(200ms)).back() == Effect(AnnounceAddresses{}));
}

TEST_CASE("only a master misses its addresses", "[vrrp]") {
    Bench bench = started();

    CHECK(bench.handle(AddressesLost{}).empty());
}

TEST_CASE("each further failure to install is waited for twice as long", "[vrrp]") {
    Bench bench = master();
    const Duration waits[] = {10s, 20s, 40s, 80s, 160s, 320s, 320s};

    for (const Duration wait : waits) {
        const Instant failed = bench.now;
        bench.handle(InstallFailed{});
        bench.run_for(1ms);
        CHECK(bench.router.deadline() == failed + wait);
        while (bench.router.state() != State::master) {
            bench.expire();
        }
    }
}

TEST_CASE("a master of one interval has its addresses, and fails as for the first time", "[vrrp]") {
    Bench bench = master();
    bench.handle(InstallFailed{});
    while (bench.router.state() != State::master) {
        bench.expire();
    }
    bench.run_for(1s);

    const Instant failed = bench.now;
    bench.handle(InstallFailed{});
    bench.run_for(1ms);

    CHECK(bench.router.deadline() == failed + 10s);
}

}  // namespace vrrp::test
