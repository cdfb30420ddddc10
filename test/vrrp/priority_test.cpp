#include "catch2.hpp"
#include "vrrp/bench.hpp"

// Health moves the priority within 1 to 254.
namespace vrrp::test {

namespace {

Duration down_interval(std::uint8_t priority) {
    return master_down_interval(Version::v2, Centiseconds(100), priority);
}

}  // namespace

TEST_CASE("a backup's skew follows its priority from when it last heard its master", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 200);
    const Instant heard = bench.now;
    bench.now += 1s;

    CHECK(bench.handle(PriorityChanged{150}).empty());
    CHECK(bench.router.deadline() == heard + down_interval(150));

    bench.now += 1s;
    CHECK(bench.handle(PriorityChanged{50}).empty());
    CHECK(bench.router.deadline() == heard + down_interval(50));
    CHECK(bench.router.heard_master() == higher_address);
}

TEST_CASE("a priority that was told before changes nothing", "[vrrp]") {
    for (Bench bench : {started(), master(), leaving()}) {
        const Observed before = observe(bench.router);
        bench.now += 500us;

        CHECK(bench.handle(PriorityChanged{100}).empty());
        CHECK(observe(bench.router) == before);
    }
}

TEST_CASE("a priority that flaps does not put off the takeover", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 200);
    const Instant heard = bench.now;
    for (int i = 0; i < 36; ++i) {
        bench.now += 100ms;
        bench.handle(PriorityChanged{90});
        bench.handle(PriorityChanged{100});
    }

    CHECK(bench.router.deadline() == heard + down_interval(100));
}

TEST_CASE("a backup that rises above its master preempts it", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 120);
    const Instant heard = bench.now;
    bench.now += 500ms;

    bench.handle(PriorityChanged{150});
    bench.now += 500ms;
    bench.hear(higher_address, 120);

    CHECK(bench.router.deadline() == heard + down_interval(150));
    CHECK(bench.expire().back() ==
          Effect(StateChanged{State::backup, State::master, Cause::preempt, higher_address, 120}));
}

TEST_CASE("a backup that falls below the master it meant to preempt follows it", "[vrrp]") {
    for (const std::uint8_t fallen : Priorities{80, 90}) {
        Bench bench = started();
        bench.now += 3s;
        bench.hear(lower_address, 90);
        const Instant heard = bench.now;
        bench.now += 500ms;

        CHECK(bench.handle(PriorityChanged{fallen}).empty());

        CHECK(bench.router.heard_master() == lower_address);
        CHECK(bench.router.deadline() == heard + down_interval(fallen));
    }
}

TEST_CASE("a backup that falls, yet not below the master, goes on preempting it", "[vrrp]") {
    Bench bench = started();
    bench.now += 3s;
    bench.hear(lower_address, 90);

    bench.handle(PriorityChanged{91});

    CHECK(bench.router.heard_master() == lower_address);
    CHECK(bench.router.deadline() == Instant{} + down_interval(91));
}

TEST_CASE("a backup that falls below a master that has left still succeeds it", "[vrrp]") {
    Bench bench = started();
    bench.hear(lower_address, 90);
    bench.hear(lower_address, 0);
    bench.now += 1ms;

    bench.handle(PriorityChanged{80});

    CHECK(bench.router.deadline() == Instant{} + handover_skew(Version::v2, Centiseconds(100), 80));
    CHECK(bench.expire().back() ==
          Effect(StateChanged{State::backup, State::master, Cause::master_left, lower_address, 0}));
}

TEST_CASE("the skew after priority 0 follows the priority", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 200);
    bench.now += 1s;
    bench.hear(higher_address, 0);
    const Instant heard = bench.now;
    bench.now += 1ms;

    bench.handle(PriorityChanged{50});

    CHECK(bench.router.deadline() == heard + handover_skew(Version::v2, Centiseconds(100), 50));
}

TEST_CASE("a master speaks with its new priority at its next advert", "[vrrp]") {
    Bench bench = master();
    bench.run_for(500ms);

    CHECK(bench.handle(PriorityChanged{80}).empty());

    CHECK(bench.router.state() == State::master);
    CHECK(bench.expire() == EffectList{SendAdvertisement{80}, AnnounceAddresses{}});
}

TEST_CASE("a backup waits once for a master that has fallen, however often it says so", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 150);
    bench.now += 1s;
    bench.hear(higher_address, 80);
    const auto due = bench.router.deadline();
    bench.now += 1ms;

    bench.hear(higher_address, 80);

    CHECK(bench.router.deadline() == due);
}

TEST_CASE("a master that has fallen yields to who is better now", "[vrrp]") {
    Bench bench = master();
    bench.handle(PriorityChanged{80});

    bench.hear(lower_address, 90);

    CHECK(bench.router.state() == State::backup);
}

TEST_CASE("a priority that changes while the router is not started is kept", "[vrrp]") {
    Bench bench(usual_config());
    bench.handle(PriorityChanged{80});
    bench.handle(SourceChanged{us});

    bench.handle(Startup{});

    CHECK(bench.router.priority() == 80);
    CHECK(bench.patience() == down_interval(80));
}

}  // namespace vrrp::test
