#include <cstdint>

#include "catch2.hpp"
#include "vrrp/version3.hpp"

// With version 3 a leaving master tells the shortest interval, by which its backups then wait, so
// that also those succeed it at once that know nothing of a handover skew.
namespace vrrp::test {

namespace {

const Effect squeezed = SendAdvertisement{100, true};
const Effect squeezed_farewell = SendAdvertisement{0, true};

RouterConfig strict_config(Family family) {
    RouterConfig config = v3_config(family);
    config.strict = true;
    return config;
}

}  // namespace

// M-02, M-12
TEST_CASE("in version 3 a master that is stopped squeezes the interval, then leaves", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = master(v3_config(third.family));

        CHECK(bench.handle(Shutdown{}) ==
              EffectList{squeezed, squeezed_farewell,
                         StateChanged{State::master, State::leaving, Cause::shutdown}});
        CHECK(bench.patience() == 1ms);
        CHECK(bench.expire() == EffectList{squeezed_farewell});
        CHECK(only(bench.run_for(leaving_limit - 1ms)) ==
              EffectList{RemoveAddresses{},
                         StateChanged{State::leaving, State::initialize, Cause::nobody_came}});
    }
}

// P-19: one hundredth of a second is the least that an advert can tell.
TEST_CASE("a squeezed advert tells the shortest interval and keeps the priority", "[vrrp]") {
    const Bench bench = master(v3_config());

    const Advertisement advert = bench.router.advertisement(SendAdvertisement{100, true});

    CHECK(advert.interval == Centiseconds(1));
    CHECK(advert.priority == 100);
    CHECK(bench.router.advertisement(SendAdvertisement{100}).interval == Centiseconds(100));
}

// M-02 to the letter
TEST_CASE("in version 3 a strict master says priority 0 once and squeezes nothing", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = master(strict_config(third.family));

        CHECK(bench.handle(Shutdown{}) ==
              EffectList{SendAdvertisement{0},
                         StateChanged{State::master, State::leaving, Cause::shutdown}});
        CHECK(bench.run_for(leaving_limit - 1ns).empty());
    }
}

// M-12: the skew of a slow master's backups is part of its interval.
TEST_CASE("a strict master of version 3 leaves no sooner than its backups can come", "[vrrp]") {
    RouterConfig config = strict_config(Family::ipv4);
    config.interval = Centiseconds(4095);
    Bench bench = leaving(config);

    CHECK(bench.patience() == 41050ms);
    CHECK(bench.patience() > skew_time(Version::v3, config.interval, 1));
}

// M-11: addresses away first.
TEST_CASE("in version 3 a master whose service dies squeezes behind the removal", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = master(v3_config(third.family));

        CHECK(bench.handle(PriorityChanged{0}) ==
              EffectList{RemoveAddresses{}, squeezed, squeezed_farewell,
                         StateChanged{State::master, State::initialize, Cause::priority_zero}});
        CHECK(bench.expire() == EffectList{squeezed_farewell});
        CHECK_FALSE(bench.router.deadline());

        Bench strict = master(strict_config(third.family));
        CHECK(strict.handle(PriorityChanged{0}) ==
              EffectList{RemoveAddresses{}, SendAdvertisement{0},
                         StateChanged{State::master, State::initialize, Cause::priority_zero}});
        CHECK_FALSE(strict.router.deadline());
    }
}

// A backup discards what is below it: the squeezed advert must carry what the master had said.
TEST_CASE("a master whose priority has just fallen squeezes with the one that it told", "[vrrp]") {
    RouterConfig config = v3_config();
    config.rival_priority = 90;
    Bench bench = master(config);

    const auto effects = bench.handle(PriorityChanged{80});

    CHECK(effects.front() == squeezed);
}

// L-2: what a leaving master says, as a backup of ours hears it.
TEST_CASE("a backup succeeds a squeezing master after its part of the shortest interval",
          "[vrrp]") {
    for (const Third& third : both_families) {
        for (const bool strict : {false, true}) {
            RouterConfig config = v3_config(third.family);
            config.strict = strict;
            Bench bench = started(config);
            bench.handle(peer_advert(bench, third.higher, 200));
            bench.now += 300ms;

            bench.handle(peer_advert(bench, third.higher, 200, shortest_interval));
            bench.handle(peer_advert(bench, third.higher, 0, shortest_interval));

            check_takes_over_after(bench, 6093750ns);
        }
    }
}

TEST_CASE("a backup that loses every farewell still succeeds a squeezing master soon", "[vrrp]") {
    Bench bench = started(v3_config());
    bench.handle(peer_advert(bench, higher_address, 200));

    bench.handle(peer_advert(bench, higher_address, 200, shortest_interval));

    check_takes_over_after(bench, 36093750ns);
}

// Nobody could succeed it, as in a group that another member keeps: it serves on.
TEST_CASE("a backup learns the true interval again from a master that comes back", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = started(v3_config(third.family));
        bench.handle(peer_advert(bench, third.higher, 200, shortest_interval));
        bench.handle(peer_advert(bench, third.higher, 0, shortest_interval));
        bench.now += 5ms;

        bench.handle(peer_advert(bench, third.higher, 200));

        CHECK(bench.router.master_interval() == Centiseconds(100));
        CHECK(bench.patience() == down_interval_3(Centiseconds(100), 100));
        CHECK(bench.router.heard_master() == third.higher);
    }
}

TEST_CASE("a squeezing master that nobody succeeds speaks at its own interval again", "[vrrp]") {
    RouterConfig config = v3_config();
    config.rival_priority = 90;
    Bench bench = master(config);
    bench.handle(PriorityChanged{80});
    bench.run_for(1ms);

    const auto effects = bench.expire();

    CHECK(effects == EffectList{SendAdvertisement{80}, InstallAddresses{}, AnnounceAddresses{},
                                StateChanged{State::leaving, State::master, Cause::nobody_came}});
    CHECK(times_of<SendAdvertisement>(bench.run_for(999ms)).empty());
}

// P-20: a squeezed interval is no difference of settings, which the user should mend.
TEST_CASE("a leaving master's interval is not told as a difference", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = started(v3_config(third.family));
        bench.handle(peer_advert(bench, third.higher, 200));

        CHECK(bench.handle(peer_advert(bench, third.higher, 200, shortest_interval)).empty());
        CHECK(bench.handle(peer_advert(bench, third.higher, 0, shortest_interval)).empty());
        CHECK(bench.handle(peer_advert(bench, third.higher, 0, shortest_interval)).empty());
    }
}

// Two of ours, by hand: the squeeze hands over within the skew, and both serve for a moment.
TEST_CASE("a handover in version 3 leaves no moment without a master", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench old_master = master(v3_config(third.family, 200));
        Bench backup = started(v3_config(third.family, 100));
        backup.now = old_master.now;
        backup.handle(peer_advert(backup, third.higher, 200));
        for (const Effect& effect : old_master.handle(Shutdown{})) {
            if (const auto* sent = std::get_if<SendAdvertisement>(&effect)) {
                AdvertisementReceived event;
                event.packet = {third.higher, third.group, 255};
                event.advertisement = old_master.router.advertisement(*sent);
                backup.handle(event);
            }
        }
        old_master.run_for(backup.patience());
        backup.expire();

        CHECK(backup.router.state() == State::master);
        CHECK(old_master.router.state() == State::leaving);
        old_master.handle(peer_advert(old_master, third.lower, 100));
        CHECK(old_master.patience() == handover_overlap);
        old_master.expire();
        CHECK(old_master.router.state() == State::initialize);
    }
}

}  // namespace vrrp::test
