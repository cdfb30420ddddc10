#include <cstdint>

#include "catch2.hpp"
#include "vrrp/version3.hpp"

// A backup preempts only once it has been fit for preempt_delay; it never waits for that where its
// master is silent or leaves.
namespace vrrp::test {

namespace {

constexpr Duration down_interval = 3609375us;  // of priority 100

RouterConfig delayed(Duration delay = 60s) {
    RouterConfig config = usual_config();
    config.preempt_delay = delay;
    return config;
}

/// Hears this each second, at most for so long, until it is master.
Duration hear_until_master(Bench& bench, std::uint8_t priority, Duration limit) {
    const Instant start = bench.now;
    while (bench.router.state() != State::master && bench.now - start < limit) {
        bench.hear(lower_address, priority);
        const Instant next = bench.now + 1s;
        while (bench.router.deadline() && *bench.router.deadline() < next &&
               bench.router.state() != State::master) {
            bench.expire();
        }
        if (bench.router.state() != State::master) {
            bench.now = next;
        }
    }
    return bench.now - start;
}

}  // namespace

// T-08
TEST_CASE("a backup with a delay preempts when it has been fit for so long", "[vrrp]") {
    Bench bench = started(delayed());

    CHECK(hear_until_master(bench, 50, 100s) == 60s);
}

TEST_CASE("the delay ends to the nanosecond", "[vrrp]") {
    Bench bench = started(delayed(5s));
    for (int i = 0; i < 5; ++i) {
        bench.hear(lower_address, 50);
        bench.run_for(i < 4 ? 1s : 1s - 1ns);
    }
    REQUIRE(bench.router.state() == State::backup);
    REQUIRE(bench.patience() == 1ns);

    CHECK(bench.expire().back() ==
          Effect(StateChanged{State::backup, State::master, Cause::preempt, lower_address, 50}));
}

TEST_CASE("without a delay a backup preempts after its down interval", "[vrrp]") {
    Bench bench = started();

    CHECK(hear_until_master(bench, 50, 100s) == down_interval);
}

// L-1
TEST_CASE("a delay does not hold where the master falls silent", "[vrrp]") {
    for (const std::uint8_t priority : Priorities{50, 100, 200}) {
        Bench bench = started(delayed(10min));
        bench.now += 2s;
        bench.hear(lower_address, priority);

        CHECK(bench.patience() == down_interval);
        CHECK(bench.expire().back() ==
              Effect(StateChanged{State::backup, State::master, Cause::master_silent, lower_address,
                                  priority}));
    }
}

// B-04 has no condition.
TEST_CASE("a delay does not hold where the master leaves", "[vrrp]") {
    Bench bench = started(delayed(10min));
    bench.hear(lower_address, 50);

    bench.hear(lower_address, 0);

    check_takes_over_after(bench, 15600us);
}

TEST_CASE("a delay does not hold where nobody speaks at all", "[vrrp]") {
    CHECK(started(delayed(10min)).patience() == down_interval);
}

// L-8
TEST_CASE("each rise of the priority begins the delay anew", "[vrrp]") {
    Bench bench = started(delayed(10s));
    bench.hear(lower_address, 50);
    bench.run_for(1s);
    for (int i = 0; i < 20; ++i) {
        bench.handle(PriorityChanged{60});
        bench.handle(PriorityChanged{100});
        bench.hear(lower_address, 50);
        bench.run_for(1s);
        REQUIRE(bench.router.state() == State::backup);
    }

    CHECK(hear_until_master(bench, 50, 100s) == 9s);
}

TEST_CASE("a service that returns begins the delay anew", "[vrrp]") {
    Bench bench = started(delayed(10s));
    bench.now += 5s;
    bench.handle(PriorityChanged{0});
    bench.now += 1min;
    bench.handle(PriorityChanged{100});

    CHECK(hear_until_master(bench, 50, 100s) == 10s);
}

TEST_CASE("a backup that was fit for long succeeds at once a master that falls", "[vrrp]") {
    Bench bench = started(delayed(10s));
    for (int i = 0; i < 20; ++i) {
        bench.hear(lower_address, 200);
        bench.run_for(1s);
    }

    bench.hear(lower_address, 50);

    CHECK(bench.patience() == handover_skew(Version::v2, Centiseconds(100), 100));
}

TEST_CASE("a backup that has not been fit for long lets a master serve that falls", "[vrrp]") {
    Bench bench = started(delayed(10s));
    bench.hear(lower_address, 200);
    bench.run_for(1s);

    CHECK(hear_until_master(bench, 50, 100s) == 9s);
}

TEST_CASE("a delay that ends just after the master fell leaves it its down interval", "[vrrp]") {
    Bench bench = started(delayed(10s));
    for (int i = 0; i < 10; ++i) {
        bench.hear(lower_address, 200);
        bench.run_for(1s - 1ns);
    }
    const Duration since_outranked = 1s - 1ns;

    CHECK(hear_until_master(bench, 50, 100s) == down_interval - since_outranked);
}

TEST_CASE("a backup below its master does not preempt when the delay has passed", "[vrrp]") {
    Bench bench = started(delayed(5s));
    bench.hear(lower_address, 90);
    bench.run_for(1s);
    bench.handle(PriorityChanged{80});

    CHECK(hear_until_master(bench, 90, 60s) == 60s);
    CHECK(bench.router.state() == State::backup);
}

TEST_CASE("in version 3 a delay is kept and the interval learned meanwhile", "[vrrp]") {
    for (const Third& third : both_families) {
        RouterConfig config = v3_config(third.family);
        config.preempt_delay = 2s;
        Bench bench = started(config);
        for (int i = 0; i < 20; ++i) {
            bench.handle(peer_advert(bench, third.lower, 50, Centiseconds(10)));
            CHECK(bench.router.master_interval() == Centiseconds(10));
            bench.run_for(i < 19 ? 100ms : 100ms - 1ns);
            REQUIRE(bench.router.state() == State::backup);
        }
        CHECK(bench.expire().back() ==
              Effect(StateChanged{State::backup, State::master, Cause::preempt, third.lower, 50}));
    }
}

// S-13
TEST_CASE("a delay means nothing where there is no preemption", "[vrrp]") {
    RouterConfig config = delayed(5s);
    config.preempt = false;
    Bench bench = started(config);

    hear_until_master(bench, 50, 60s);

    CHECK(bench.router.state() == State::backup);
}

TEST_CASE("a priority that is told again does not begin the delay anew", "[vrrp]") {
    Bench bench = started(delayed(10s));
    bench.hear(lower_address, 50);
    bench.run_for(1s);

    bench.handle(PriorityChanged{100});

    CHECK(hear_until_master(bench, 50, 100s) == 9s);
}

}  // namespace vrrp::test
