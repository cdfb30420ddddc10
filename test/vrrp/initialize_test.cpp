#include "catch2.hpp"
#include "vrrp/bench.hpp"

namespace vrrp::test {

// I-01, and the order of section 3.4: the advert, then the addresses, then their announcement.
TEST_CASE("the owner of the addresses becomes master at startup", "[vrrp]") {
    Bench bench(usual_config(owner_priority));
    bench.handle(SourceChanged{us});

    const auto effects = bench.handle(Startup{});

    CHECK(effects == EffectList{SendAdvertisement{255}, InstallAddresses{}, AnnounceAddresses{},
                                StateChanged{State::initialize, State::master, Cause::owner}});
    CHECK(bench.patience() == 200ms);  // the second announcement comes before the second advert
    CHECK(times_of<SendAdvertisement>(bench.run_for(1s)) == std::vector<Duration>{1s});
}

// I-02
TEST_CASE("every other router becomes a backup at startup", "[vrrp]") {
    for (int priority = 1; priority < 255; ++priority) {
        Bench bench(usual_config(static_cast<std::uint8_t>(priority)));
        bench.handle(SourceChanged{us});

        const auto effects = bench.handle(Startup{});

        CHECK(effects ==
              EffectList{StateChanged{State::initialize, State::backup, Cause::startup}});
        CHECK(bench.patience() == 3s + (256 - priority) * 3906250ns);
        CHECK_FALSE(bench.router.heard_master());
    }
}

TEST_CASE("a startup without a source address waits for one", "[vrrp]") {
    Bench bench;

    CHECK(bench.handle(Startup{}).empty());
    CHECK_FALSE(bench.router.deadline());

    CHECK(bench.handle(SourceChanged{us}) ==
          EffectList{StateChanged{State::initialize, State::backup, Cause::startup}});
}

TEST_CASE("a startup without a priority waits for the service", "[vrrp]") {
    Bench bench;
    bench.handle(SourceChanged{us});
    bench.handle(PriorityChanged{0});

    CHECK(bench.handle(Startup{}).empty());
    CHECK_FALSE(bench.router.deadline());

    CHECK(bench.handle(PriorityChanged{100}) ==
          EffectList{StateChanged{State::initialize, State::backup, Cause::startup}});
    CHECK(bench.patience() == master_down_interval(Version::v2, Centiseconds(100), 100));
}

// I-03
TEST_CASE("a router that is not running ignores advertisements", "[vrrp]") {
    Bench bench;
    bench.handle(SourceChanged{us});
    const Observed before = observe(bench.router);

    for (const std::uint8_t priority : Priorities{0, 1, 100, 255}) {
        CHECK(bench.hear(lower_address, priority) ==
              EffectList{AdvertisementRefused{RefuseReason::not_running, lower_address}});
        CHECK(observe(bench.router) == before);
    }
}

TEST_CASE("events that mean nothing to a router that is not running change nothing", "[vrrp]") {
    Bench bench;
    const Observed before = observe(bench.router);

    CHECK(bench.handle(Shutdown{}).empty());
    CHECK(bench.handle(TimerExpired{}).empty());
    CHECK(bench.handle(InstallFailed{}).empty());
    CHECK(bench.handle(SourceChanged{std::nullopt}).empty());
    CHECK(observe(bench.router) == before);
}

TEST_CASE("a second startup changes nothing", "[vrrp]") {
    for (const std::uint8_t priority : Priorities{100, 255}) {
        Bench bench = started(usual_config(priority));
        const Observed before = observe(bench.router);
        bench.now += 10ms;

        CHECK(bench.handle(Startup{}).empty());
        CHECK(observe(bench.router) == before);
    }
}

TEST_CASE("a router can be stopped and started again", "[vrrp]") {
    Bench bench = started();
    bench.handle(Shutdown{});
    CHECK(bench.router.state() == State::initialize);
    bench.now += 1h;

    bench.handle(Startup{});

    CHECK(bench.router.state() == State::backup);
    CHECK(bench.patience() == master_down_interval(Version::v2, Centiseconds(100), 100));
}

}  // namespace vrrp::test
