#include "catch2.hpp"
#include "vrrp/bench.hpp"

// A daemon that was frozen or starved, and what it does first when it wakes.
namespace vrrp::test {

TEST_CASE("a master that wakes after its peers' down interval listens first", "[vrrp]") {
    Bench bench = master();
    bench.now += 3s + 1ns;

    const auto effects = bench.handle(TimerExpired{});

    CHECK(effects == EffectList{RemoveAddresses{},
                                StateChanged{State::master, State::backup, Cause::stalled}});
    CHECK(bench.patience() == master_down_interval(Version::v2, Centiseconds(100), 100));
}

TEST_CASE("a master that wakes before any peer can have taken over goes on", "[vrrp]") {
    Bench bench = master();
    bench.now += 3s;

    const auto effects = bench.handle(TimerExpired{});

    CHECK(effects == EffectList{SendAdvertisement{100}, AnnounceAddresses{}});
    CHECK(bench.router.state() == State::master);
}

// L-5: whichever event wakes it.
TEST_CASE("a stalled master lets go before it looks at what woke it", "[vrrp]") {
    const Effect letting_go = StateChanged{State::master, State::backup, Cause::stalled};
    for (const Event& event :
         {Event(TimerExpired{}), Event(advert_from(lower_address, 50)),
          Event(advert_from(lower_address, 0)), Event(advert_from(higher_address, 200)),
          Event(Startup{}), Event(PriorityChanged{90}), Event(SourceChanged{us}),
          Event(InstallFailed{})}) {
        Bench bench = master();
        bench.now += 1min;

        const auto effects = bench.handle(event);

        CHECK(effects == EffectList{RemoveAddresses{}, letting_go});
        CHECK(bench.router.state() == State::backup);
    }
}

TEST_CASE("a stalled master that is stopped or broken is silent about it", "[vrrp]") {
    for (const auto& [event, cause] : {std::pair(Event(Shutdown{}), Cause::shutdown),
                                       std::pair(Event(PriorityChanged{0}), Cause::priority_zero),
                                       std::pair(Event(SourceChanged{}), Cause::no_source)}) {
        Bench bench = master();
        bench.now += 1min;

        CHECK(bench.handle(event) ==
              EffectList{RemoveAddresses{},
                         StateChanged{State::master, State::backup, Cause::stalled},
                         StateChanged{State::backup, State::initialize, cause}});
        CHECK_FALSE(bench.router.deadline());
    }
}

TEST_CASE("a stall counts from the advert, not from when it was due", "[vrrp]") {
    Bench bench = master();
    bench.now += 1900ms;  // the advert of 1 s goes out 900 ms late
    bench.handle(TimerExpired{});

    bench.now = Instant{} + master_down_interval(Version::v2, Centiseconds(100), 100) + 4s;

    CHECK(bench.handle(TimerExpired{}).front() == Effect(SendAdvertisement{100}));
}

TEST_CASE("a backup that wakes late by less than an interval takes over", "[vrrp]") {
    Bench bench = started();
    bench.now = bench.router.deadline().value() + 1s;

    CHECK(bench.handle(TimerExpired{}).front() == Effect(SendAdvertisement{100}));
}

TEST_CASE("a backup that wakes late by more than an interval listens first", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 200);
    bench.now = bench.router.deadline().value() + 1s + 1ns;

    CHECK(bench.handle(TimerExpired{}).empty());

    CHECK(bench.router.state() == State::backup);
    CHECK(bench.router.heard_master() == higher_address);
    CHECK(bench.patience() == 1s + skew_time(Version::v2, Centiseconds(100), 100));
    bench.expire();
    CHECK(bench.router.state() == State::master);
}

TEST_CASE("a late backup listens also where its master had left", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 0);
    bench.now += 1min;

    CHECK(bench.handle(TimerExpired{}).empty());

    CHECK(bench.patience() == 1s + skew_time(Version::v2, Centiseconds(100), 100));
    bench.expire();
    CHECK(bench.router.state() == State::master);
}

TEST_CASE("a late backup that hears its master leave as it wakes succeeds it", "[vrrp]") {
    Bench bench = started();
    bench.now += 1min;

    bench.hear(higher_address, 0);

    CHECK(bench.handle(TimerExpired{}).empty());
    CHECK(bench.patience() == handover_skew(Version::v2, Centiseconds(100), 100));
    CHECK(bench.expire().front() == Effect(SendAdvertisement{100}));
}

TEST_CASE("a late backup follows the master that it then hears", "[vrrp]") {
    Bench bench = started();
    bench.now += 1min;
    bench.handle(TimerExpired{});
    bench.now += 900ms;

    bench.hear(higher_address, 200);

    CHECK(bench.patience() == master_down_interval(Version::v2, Centiseconds(100), 100));
}

TEST_CASE("a priority that flaps does not make a late backup listen for ever", "[vrrp]") {
    Bench bench = started();
    bench.hear(higher_address, 200);
    bench.now += 1min;
    bench.handle(TimerExpired{});
    const auto deadline = bench.router.deadline();

    for (int i = 0; i < 10; ++i) {
        bench.now += 100ms;
        bench.handle(PriorityChanged{90});
        bench.handle(PriorityChanged{100});
        bench.handle(TimerExpired{});
    }

    CHECK(bench.router.deadline() == deadline);
}

}  // namespace vrrp::test
