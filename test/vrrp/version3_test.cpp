#include <cstdint>
#include <vector>

#include "catch2.hpp"
#include "vrrp/version3.hpp"

// The state machine of RFC 9568 section 6.4, in version 3, over both families.
namespace vrrp::test {

namespace {

constexpr Centiseconds second{100};

}  // namespace

// I-01
TEST_CASE("in version 3 the owner becomes master at startup", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench(v3_config(third.family, owner_priority));
        bench.handle(SourceChanged{third.us});

        const auto effects = bench.handle(Startup{});

        CHECK(effects == EffectList{SendAdvertisement{255}, InstallAddresses{}, AnnounceAddresses{},
                                    StateChanged{State::initialize, State::master, Cause::owner}});
        CHECK(times_of<SendAdvertisement>(bench.run_for(1s)) == std::vector<Duration>{1s});
    }
}

// I-02, T-04, T-05: a backup starts from its own interval.
TEST_CASE("in version 3 a backup waits by its own interval at first", "[vrrp]") {
    for (const Third& third : both_families) {
        for (const int interval : {1, 10, 100, 4095}) {
            RouterConfig config = v3_config(third.family);
            config.interval = Centiseconds(interval);
            const Bench bench = started(config);

            CHECK(bench.router.master_interval() == Centiseconds(interval));
            check_takes_over_after(bench, interval * 36093750ns);
        }
    }
}

// I-03
TEST_CASE("in version 3 a router that is not running ignores adverts", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench(v3_config(third.family));
        const Observed before = observe(bench.router);

        for (const std::uint8_t priority : Priorities{0, 1, 255}) {
            CHECK(bench.handle(peer_advert(bench, third.lower, priority)) ==
                  EffectList{AdvertisementRefused{RefuseReason::not_running, third.lower}});
            CHECK(observe(bench.router) == before);
        }
    }
}

// I-06, P-08: over IPv6 a link without a link-local address has no source.
TEST_CASE("in version 3 a router without a source sends nothing", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = master(v3_config(third.family));

        CHECK(bench.handle(SourceChanged{std::nullopt}) ==
              EffectList{RemoveAddresses{},
                         StateChanged{State::master, State::initialize, Cause::no_source}});
        CHECK(bench.run_for(10min).empty());
        CHECK(bench.handle(SourceChanged{third.us}) ==
              EffectList{StateChanged{State::initialize, State::backup, Cause::startup}});
    }
}

// B-02
TEST_CASE("in version 3 a backup that is stopped says nothing", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = started(v3_config(third.family));

        CHECK(bench.handle(Shutdown{}) ==
              EffectList{StateChanged{State::backup, State::initialize, Cause::shutdown}});
        CHECK_FALSE(bench.router.deadline());
    }
}

// B-03
TEST_CASE("in version 3 a backup takes over when its master is silent", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = started(v3_config(third.family));
        bench.handle(peer_advert(bench, third.higher, 200));

        CHECK(bench.expire() == EffectList{SendAdvertisement{100}, InstallAddresses{},
                                           AnnounceAddresses{},
                                           StateChanged{State::backup, State::master,
                                                        Cause::master_silent, third.higher, 200}});
        CHECK(bench.now - Instant{} == 3609375us);
        CHECK(times_of<SendAdvertisement>(bench.run_for(1s)).size() == 1);
    }
}

// B-04 to the letter: the skew of the interval that was told.
TEST_CASE("in version 3 a strict backup waits the skew time after priority 0", "[vrrp]") {
    for (const Third& third : both_families) {
        for (int priority = 1; priority < 255; ++priority) {
            RouterConfig config = v3_config(third.family, static_cast<std::uint8_t>(priority));
            config.strict = true;
            Bench bench = started(config);
            bench.handle(peer_advert(bench, third.higher, 255, Centiseconds(10)));

            CHECK(bench.handle(peer_advert(bench, third.higher, 0, Centiseconds(10))).empty());

            CHECK(bench.patience() == (256 - priority) * 390625ns);
            check_takes_over_after(bench, (256 - priority) * 390625ns);
        }
    }
}

// B-04
TEST_CASE("in version 3 a backup waits the handover skew, or the skew time if shorter", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench slow = started(v3_config(third.family));
        slow.handle(peer_advert(slow, third.higher, 200));
        slow.handle(peer_advert(slow, third.higher, 0));
        check_takes_over_after(slow, 15600us);

        Bench fast = started(v3_config(third.family));
        fast.handle(peer_advert(fast, third.higher, 200, Centiseconds(1)));
        fast.handle(peer_advert(fast, third.higher, 0, Centiseconds(1)));
        check_takes_over_after(fast, 6093750ns);
    }
}

// B-05, T-05, T-06: each accepted advert teaches its interval, up and down.
TEST_CASE("a backup goes by the interval that its master tells", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = started(v3_config(third.family));
        for (const int told : {1, 4095, 10, 100, 37}) {
            const Centiseconds interval(told);
            bench.now += 1ms;

            bench.handle(peer_advert(bench, third.lower, 150, interval));

            CHECK(bench.router.master_interval() == interval);
            CHECK(bench.patience() == down_interval_3(interval, 100));
            check_takes_over_after(bench, down_interval_3(interval, 100));
        }
    }
}

// B-05 without preemption
TEST_CASE("in version 3 a backup that does not preempt learns from any master", "[vrrp]") {
    for (const Third& third : both_families) {
        for (const std::uint8_t priority : Priorities{1, 99, 100, 101, 255}) {
            RouterConfig config = v3_config(third.family);
            config.preempt = false;
            Bench bench = started(config);

            bench.handle(peer_advert(bench, third.lower, priority, Centiseconds(20)));

            CHECK(bench.router.heard_master() == third.lower);
            CHECK(bench.patience() == down_interval_3(Centiseconds(20), 100));
        }
    }
}

// B-06: what is discarded teaches nothing.
TEST_CASE("in version 3 a lower priority neither stops the timer nor teaches", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = started(v3_config(third.family));
        const auto deadline = bench.router.deadline();
        for (int i = 0; i < 3; ++i) {
            bench.now += 1s;

            bench.handle(peer_advert(bench, third.higher, 99, Centiseconds(1000)));

            CHECK(bench.router.deadline() == deadline);
            CHECK(bench.router.master_interval() == second);
        }
        CHECK(bench.expire().back() ==
              Effect(StateChanged{State::backup, State::master, Cause::preempt, third.higher, 99}));
    }
}

// B-07
TEST_CASE("in version 3 a backup follows an equal priority whatever its address", "[vrrp]") {
    for (const Third& third : both_families) {
        for (const IpAddress& source : {third.lower, third.higher}) {
            Bench bench = started(v3_config(third.family));
            bench.now += 3s;

            bench.handle(peer_advert(bench, source, 100));

            CHECK(bench.patience() == down_interval_3(second, 100));
        }
    }
}

// M-03, T-02, S-10
TEST_CASE("in version 3 a master speaks each interval, however short", "[vrrp]") {
    for (const Third& third : both_families) {
        for (const int interval : {1, 10, 100, 4095}) {
            RouterConfig config = v3_config(third.family);
            config.interval = Centiseconds(interval);
            Bench bench = master(config);
            const Duration start = bench.now - Instant{};

            const auto times = times_of<SendAdvertisement>(bench.run_for(interval * 50ms));

            CHECK(times == std::vector<Duration>{start + interval * 10ms, start + interval * 20ms,
                                                 start + interval * 30ms, start + interval * 40ms,
                                                 start + interval * 50ms});
        }
    }
}

// M-04
TEST_CASE("in version 3 a master answers priority 0, and its timer begins anew", "[vrrp]") {
    for (const Third& third : both_families) {
        for (const bool strict : {false, true}) {
            RouterConfig config = v3_config(third.family);
            config.strict = strict;
            Bench bench = master(config);
            bench.run_for(5500ms);

            CHECK(bench.handle(peer_advert(bench, third.higher, 0)) ==
                  EffectList{SendAdvertisement{100}});
            CHECK(bench.patience() == 1s);
        }
    }
}

// M-05, T-05: unsigned numbers in network order tell equal priorities apart.
TEST_CASE("in version 3 a master that yields goes by the winner's interval", "[vrrp]") {
    for (const Third& third : both_families) {
        for (const auto& [source, priority] :
             {std::pair(third.lower, 101), std::pair(third.higher, 100)}) {
            Bench bench = master(v3_config(third.family));
            const auto rank = static_cast<std::uint8_t>(priority);

            const auto effects = bench.handle(peer_advert(bench, source, rank, Centiseconds(30)));

            CHECK(effects == EffectList{SendAdvertisement{100}, RemoveAddresses{},
                                        StateChanged{State::master, State::backup,
                                                     Cause::better_master, source, rank}});
            CHECK(bench.router.master_interval() == Centiseconds(30));
            check_takes_over_after(bench, down_interval_3(Centiseconds(30), 100));
        }
    }
}

// T-05: what was learned is no longer true once we are the master.
TEST_CASE("a master speaks at its own interval, not at the one it had learned", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = started(v3_config(third.family));
        bench.handle(peer_advert(bench, third.higher, 200, Centiseconds(10)));
        bench.expire();

        CHECK(bench.router.master_interval() == second);
        const SendAdvertisement advert{100};
        CHECK(bench.router.advertisement(advert).interval == second);
        CHECK(times_of<SendAdvertisement>(bench.run_for(999ms)).empty());
    }
}

// M-06 as RFC 9568 has it, also to the letter; the timer of the adverts is not mentioned there.
TEST_CASE("in version 3 a master answers lower ranks at once, strict or not", "[vrrp]") {
    for (const Third& third : both_families) {
        for (const bool strict : {false, true}) {
            RouterConfig config = v3_config(third.family);
            config.strict = strict;
            Bench bench = master(config);
            bench.run_for(5300ms);
            const EffectList answer = strict
                                          ? EffectList{SendAdvertisement{100}}
                                          : EffectList{SendAdvertisement{100}, AnnounceAddresses{}};

            CHECK(bench.handle(peer_advert(bench, third.lower, 100)) == answer);
            CHECK(bench.run_for(699ms).size() == (strict ? 0 : 1));  // announced again
            CHECK(bench.run_for(1ms).front().effect == Effect(SendAdvertisement{100}));
        }
    }
}

// M-07
TEST_CASE("in version 3 a master that does not preempt yields all the same", "[vrrp]") {
    for (const Third& third : both_families) {
        RouterConfig config = v3_config(third.family);
        config.preempt = false;
        Bench bench = master(config);

        bench.handle(peer_advert(bench, third.lower, 101));

        CHECK(bench.router.state() == State::backup);
    }
}

// M-08, M-09
TEST_CASE("in version 3 two owners are told apart by their addresses", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench winner = master(v3_config(third.family, owner_priority));
        Bench loser = master(v3_config(third.family, owner_priority));

        winner.handle(peer_advert(winner, third.lower, owner_priority));
        loser.handle(peer_advert(loser, third.higher, owner_priority));

        CHECK(winner.router.state() == State::master);
        CHECK(loser.router.state() == State::backup);
    }
}

// P-10: each version is deaf to the other.
TEST_CASE("an advert of the other version is refused and changes nothing", "[vrrp]") {
    Bench third = started(v3_config());
    Bench second_version = started();
    third.now += 1s;
    second_version.now += 1s;
    const Observed third_before = observe(third.router);
    const Observed second_before = observe(second_version.router);
    const EffectList refused{AdvertisementRefused{RefuseReason::version, lower_address}};

    CHECK(third.hear(lower_address, 200) == refused);
    CHECK(second_version.handle(peer_advert(third, lower_address, 200)) == refused);

    CHECK(observe(third.router) == third_before);
    CHECK(observe(second_version.router) == second_before);
}

// T-10: with the shortest interval a late wake-up is longer than an interval; it must still end.
TEST_CASE("a backup that always wakes late takes over in the end", "[vrrp]") {
    RouterConfig config = v3_config();
    config.interval = Centiseconds(1);
    Bench bench = started(config);
    int wakes = 0;

    while (bench.router.state() == State::backup && wakes < 10) {
        bench.now = bench.router.deadline().value() + 25ms;
        bench.handle(TimerExpired{});
        ++wakes;
    }

    CHECK(wakes == 2);
}

// T-05, S-5: what is late is a matter of the master's interval too.
TEST_CASE("in version 3 a backup is late when it slept for one of its master's intervals",
          "[vrrp]") {
    for (const Third& third : both_families) {
        for (const int interval : {1, 1000}) {
            Bench in_time = started(v3_config(third.family));
            in_time.handle(peer_advert(in_time, third.higher, 200, Centiseconds(interval)));
            Bench late = in_time;
            in_time.now = in_time.router.deadline().value() + interval * 10ms;
            late.now = in_time.now + 1ns;
            in_time.handle(TimerExpired{});
            late.handle(TimerExpired{});

            CHECK(in_time.router.state() == State::master);
            CHECK(late.router.state() == State::backup);
        }
    }
}

}  // namespace vrrp::test
