#include "catch2.hpp"
#include "vrrp/bench.hpp"

namespace vrrp::test {

namespace {

std::vector<Duration> since(Instant start, std::vector<Duration> times) {
    for (Duration& time : times) {
        time -= start - Instant{};
    }
    return times;
}

}  // namespace

// M-03
TEST_CASE("a master speaks each interval", "[vrrp]") {
    Bench bench = master();
    const Instant start = bench.now;

    const auto effects = bench.run_for(5s);

    CHECK(since(start, times_of<SendAdvertisement>(effects)) ==
          std::vector<Duration>{1s, 2s, 3s, 4s, 5s});
}

TEST_CASE("a master announces at once, after 0.2, 1 and 5 seconds, then each minute", "[vrrp]") {
    Bench bench = started();
    const Instant start = bench.router.deadline().value();

    const auto effects = bench.run_for(200s);

    CHECK(since(start, times_of<AnnounceAddresses>(effects)) ==
          std::vector<Duration>{0s, 200ms, 1s, 5s, 65s, 125s, 185s});
}

// M-02, M-12
TEST_CASE("a master that is stopped says so and serves until it is succeeded", "[vrrp]") {
    Bench bench = master();

    const auto effects = bench.handle(Shutdown{});

    CHECK(effects == EffectList{SendAdvertisement{0},
                                StateChanged{State::master, State::leaving, Cause::shutdown}});
}

// M-04
TEST_CASE("a master answers priority 0 with an advert", "[vrrp]") {
    for (const bool strict : {false, true}) {
        RouterConfig config = usual_config();
        config.strict = strict;
        Bench bench = master(config);
        bench.run_for(5500ms);

        const auto effects = bench.hear(higher_address, 0);

        CHECK(effects == EffectList{SendAdvertisement{100}});
        CHECK(bench.patience() == 1s);  // Adver_Timer := Adv
        CHECK(bench.router.state() == State::master);
    }
}

// M-05
TEST_CASE("a master yields to a higher priority", "[vrrp]") {
    Bench bench = master();
    bench.now += 300ms;

    const auto effects = bench.hear(lower_address, 101);

    CHECK(effects == EffectList{SendAdvertisement{100}, RemoveAddresses{},
                                StateChanged{State::master, State::backup, Cause::better_master,
                                             lower_address, 101}});
    CHECK(bench.router.heard_master() == lower_address);
    CHECK(bench.patience() == master_down_interval(Version::v2, Centiseconds(100), 100));
}

// M-05
TEST_CASE("a master yields to an equal priority with a higher address", "[vrrp]") {
    Bench bench = master();

    const auto effects = bench.hear(higher_address, 100);

    CHECK(effects == EffectList{SendAdvertisement{100}, RemoveAddresses{},
                                StateChanged{State::master, State::backup, Cause::better_master,
                                             higher_address, 100}});
}

// M-05 to the letter
TEST_CASE("a strict master yields without a word", "[vrrp]") {
    RouterConfig config = usual_config();
    config.strict = true;
    Bench bench = master(config);

    const auto effects = bench.hear(lower_address, 101);

    CHECK(effects ==
          EffectList{RemoveAddresses{}, StateChanged{State::master, State::backup,
                                                     Cause::better_master, lower_address, 101}});
}

// L-7: after a partition heals, the winner may be heard first, and only the loser knows that there
// were two.
TEST_CASE("the last advert of a master that yields makes the winner announce again", "[vrrp]") {
    Bench winner = master(usual_config(200));
    Bench loser = master(usual_config(100));
    loser.handle(SourceChanged{lower_address});
    winner.run_for(30s);

    const auto last_words = loser.hear(us, 200);
    REQUIRE(last_words.front() == Effect(SendAdvertisement{100}));

    CHECK(winner.hear(lower_address, 100) ==
          EffectList{SendAdvertisement{200}, AnnounceAddresses{}});
}

// M-07
TEST_CASE("a master that does not preempt yields all the same", "[vrrp]") {
    RouterConfig config = usual_config();
    config.preempt = false;
    Bench bench = master(config);

    bench.hear(lower_address, 101);

    CHECK(bench.router.state() == State::backup);
}

TEST_CASE("nothing is sent or announced after a master has yielded", "[vrrp]") {
    Bench bench = master();
    bench.hear(lower_address, 200);

    CHECK(bench.run_for(3s).empty());
}

// M-06 as RFC 9568 has it
TEST_CASE("a master answers lower ranks at once", "[vrrp]") {
    for (const auto& [source, priority] :
         {std::pair(higher_address, 99), std::pair(lower_address, 100)}) {
        Bench bench = master();
        const Instant start = bench.now;
        bench.run_for(1300ms);

        const auto effects = bench.hear(source, static_cast<std::uint8_t>(priority));

        CHECK(effects == EffectList{SendAdvertisement{100}, AnnounceAddresses{}});
        CHECK(bench.router.state() == State::master);
        // The cadence of the adverts is left as it was, the announcements begin anew.
        const auto later = bench.run_for(1s);
        CHECK(since(start, times_of<SendAdvertisement>(later)) == std::vector<Duration>{2s});
        CHECK(since(start, times_of<AnnounceAddresses>(later)) ==
              std::vector<Duration>{1500ms, 2300ms});
    }
}

// M-06 as RFC 3768 has it
TEST_CASE("a strict master discards lower ranks", "[vrrp]") {
    RouterConfig config = usual_config();
    config.strict = true;
    Bench bench = master(config);
    bench.run_for(1300ms);
    const Observed before = observe(bench.router);

    CHECK(bench.hear(higher_address, 99).empty());
    CHECK(observe(bench.router) == before);
}

// S-7
TEST_CASE("a master answers lower ranks at most ten times a second", "[vrrp]") {
    Bench bench = master();
    int answers = 0;
    for (int i = 0; i < 1000; ++i) {
        bench.now += 1ms;
        bench.handle(TimerExpired{});
        for (const Effect& effect : bench.hear(lower_address, 50)) {
            answers += std::holds_alternative<SendAdvertisement>(effect) ? 1 : 0;
        }
    }
    CHECK(answers == 10);
    CHECK(bench.router.state() == State::master);
}

// S-10
TEST_CASE("lower ranks do not move the cadence of a master", "[vrrp]") {
    Bench bench = master();
    const Instant start = bench.now;
    std::vector<Duration> regular;
    for (int i = 0; i < 50; ++i) {
        for (const Duration at : times_of<SendAdvertisement>(bench.run_for(100ms))) {
            regular.push_back(at);
        }
        bench.hear(lower_address, 50);
    }
    CHECK(since(start, regular) == std::vector<Duration>{1s, 2s, 3s, 4s, 5s});
}

// M-08, M-09
TEST_CASE("two owners are told apart by their addresses", "[vrrp]") {
    Bench winner = master(usual_config(owner_priority));
    Bench loser = master(usual_config(owner_priority));

    winner.hear(lower_address, owner_priority);
    loser.hear(higher_address, owner_priority);

    CHECK(winner.router.state() == State::master);
    CHECK(loser.router.state() == State::backup);
}

TEST_CASE("an advert that is late by less than an interval does not shift those after it",
          "[vrrp]") {
    Bench bench = master();
    const Instant start = bench.now;
    bench.now += 1400ms;

    CHECK(bench.handle(TimerExpired{}) == EffectList{SendAdvertisement{100}, AnnounceAddresses{}});

    CHECK(since(start, times_of<SendAdvertisement>(bench.run_for(2s))) ==
          std::vector<Duration>{2s, 3s});
}

TEST_CASE("an advert that is late by an interval or more begins a new cadence", "[vrrp]") {
    Bench bench = master();
    const Instant start = bench.now;
    bench.now += 2500ms;

    bench.handle(TimerExpired{});

    CHECK(since(start, times_of<SendAdvertisement>(bench.run_for(2s))) ==
          std::vector<Duration>{3500ms, 4500ms});
}

TEST_CASE("a change of the source address does not move a master", "[vrrp]") {
    Bench bench = master();
    const Observed before = observe(bench.router);

    CHECK(bench.handle(SourceChanged{IpAddress(192, 0, 2, 77)}).empty());

    CHECK(bench.router.source() == IpAddress(192, 0, 2, 77));
    CHECK(bench.router.deadline() == before.deadline);
    CHECK(bench.router.state() == State::master);
}

TEST_CASE("equal priorities are told apart by the present source address", "[vrrp]") {
    Bench bench = master();
    bench.handle(SourceChanged{IpAddress(192, 0, 2, 77)});

    bench.hear(higher_address, 100);

    CHECK(bench.router.state() == State::master);
}

}  // namespace vrrp::test
