#include <cstdint>
#include <functional>

#include "catch2.hpp"
#include "vrrp/version3.hpp"

// Settings that change while a router runs, in each of its states.
namespace vrrp::test {

namespace {

RouterConfig with(RouterConfig config, const std::function<void(RouterConfig&)>& change) {
    change(config);
    return config;
}

EffectList reconfigure(Bench& bench, const std::function<void(RouterConfig&)>& change) {
    return bench.handle(Reconfigured{with(bench.router.config(), change)});
}

constexpr auto interval_of(int centiseconds) {
    return [centiseconds](RouterConfig& config) { config.interval = Centiseconds(centiseconds); };
}

void add_address(RouterConfig& config) {
    config.addresses.push_back(IpAddress(192, 0, 2, 253));
}

void group(RouterConfig& config) {
    config.is_grouped = true;
}

}  // namespace

// S-11
TEST_CASE("the same settings again change nothing in any state", "[vrrp]") {
    for (const RouterConfig& config : {usual_config(), v3_config(), v3_config(Family::ipv6)}) {
        const Third& third = both_families[config.family() == Family::ipv4 ? 0 : 1];
        Bench following = started(config);
        following.handle(peer_advert(following, third.higher, 200));
        Bench preempting = started(config);
        preempting.handle(peer_advert(preempting, third.higher, 50));
        Bench succeeding = started(config);
        succeeding.handle(peer_advert(succeeding, third.higher, 0));
        for (Bench bench : {Bench(config), started(config), following, preempting, succeeding,
                            master(config), leaving(config)}) {
            bench.now += 300us;
            const Observed before = observe(bench.router);

            CHECK(reconfigure(bench, [](RouterConfig&) {}).empty());
            CHECK(observe(bench.router) == before);
        }
    }
}

// S-10: nor what the adverts do not show.
TEST_CASE("a master's adverts stay in step where only its manners change", "[vrrp]") {
    Bench bench = master();
    bench.run_for(500ms);
    const Observed before = observe(bench.router);

    CHECK(reconfigure(bench, [](RouterConfig& config) {
              config.preempt = false;
              config.preempt_delay = 1min;
              config.down_adverts = 5;
              config.strict = true;
              config.rival_priority = 200;
          }).empty());
    CHECK(observe(bench.router) == before);
}

// D-09
TEST_CASE("a master with other addresses installs, announces and advertises them", "[vrrp]") {
    Bench bench = master();
    bench.run_for(10500ms);

    CHECK(reconfigure(bench, add_address) ==
          EffectList{InstallAddresses{}, AnnounceAddresses{}, SendAdvertisement{100}});
    CHECK(bench.router.address_list().size() == 2);
    CHECK(bench.router.address_list()[1] == IpAddress(192, 0, 2, 253));
    CHECK(bench.patience() == 200ms);
    CHECK(times_of<SendAdvertisement>(bench.run_for(1s)).size() == 1);
}

TEST_CASE("who is not master only remembers other addresses", "[vrrp]") {
    for (Bench bench : {Bench(), started(), leaving()}) {
        const Observed before = observe(bench.router);

        CHECK(reconfigure(bench, add_address).empty());
        CHECK(observe(bench.router) == before);
        CHECK(bench.router.advertisement(SendAdvertisement{0}).addresses.size() == 2);
    }
}

// S-10
TEST_CASE("a master speaks at once and then at its new interval", "[vrrp]") {
    for (const int interval : {100, 1000}) {
        Bench bench = master(with(usual_config(), interval_of(300)));
        bench.run_for(2s);
        const Duration start = bench.now - Instant{};

        CHECK(reconfigure(bench, interval_of(interval)) == EffectList{SendAdvertisement{100}});
        CHECK(bench.router.master_interval() == Centiseconds(interval));
        CHECK(times_of<SendAdvertisement>(bench.run_for(interval * 20ms)) ==
              std::vector<Duration>{start + interval * 10ms, start + interval * 20ms});
    }
}

TEST_CASE("a backup waits by its new interval from when it last heard its master", "[vrrp]") {
    for (const int interval : {100, 300, 1000}) {
        Bench bench = started(with(usual_config(), interval_of(200)));
        bench.handle(peer_advert(bench, higher_address, 200));
        bench.now += 1s;

        CHECK(reconfigure(bench, interval_of(interval)).empty());
        CHECK(bench.router.deadline() ==
              Instant{} + master_down_interval(Version::v2, Centiseconds(interval), 100));
    }
}

// S-5: a deadline that has long passed by the new interval does not make it take over unheard.
TEST_CASE("a backup whose interval shrinks listens before it takes over", "[vrrp]") {
    Bench bench = started(with(usual_config(), interval_of(1000)));
    bench.handle(peer_advert(bench, higher_address, 200));
    bench.now += 9s;
    reconfigure(bench, interval_of(100));

    CHECK(bench.handle(TimerExpired{}).empty());
    CHECK(bench.router.state() == State::backup);
    CHECK(bench.patience() == 1609375us);
}

// T-05
TEST_CASE("in version 3 a backup goes by its master's interval whatever its own is", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = started(v3_config(third.family));
        bench.handle(peer_advert(bench, third.higher, 200, Centiseconds(50)));
        const auto deadline = bench.router.deadline();

        reconfigure(bench, interval_of(1000));

        CHECK(bench.router.master_interval() == Centiseconds(50));
        CHECK(bench.router.deadline() == deadline);
    }
}

TEST_CASE("in version 3 a backup without a master goes by its new interval", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = started(v3_config(third.family));

        reconfigure(bench, interval_of(1000));

        check_takes_over_after(bench, down_interval_3(Centiseconds(1000), 100));
    }
}

TEST_CASE("a router that is not running starts with its new settings", "[vrrp]") {
    Bench bench(v3_config());
    reconfigure(bench, interval_of(1000));
    bench.handle(SourceChanged{us});
    bench.handle(Startup{});

    CHECK(bench.patience() == down_interval_3(Centiseconds(1000), 100));
}

// S-13
TEST_CASE("a backup that is told not to preempt follows whom it meant to preempt", "[vrrp]") {
    Bench bench = started();
    bench.now += 3s;
    bench.hear(lower_address, 50);

    reconfigure(bench, [](RouterConfig& config) { config.preempt = false; });

    CHECK(bench.patience() == 3609375us);
    CHECK(bench.router.heard_master() == lower_address);
}

// S-13
TEST_CASE("a backup that is told not to preempt follows the master that fell", "[vrrp]") {
    Bench bench = started();
    bench.hear(lower_address, 150);
    bench.hear(lower_address, 50);

    reconfigure(bench, [](RouterConfig& config) { config.preempt = false; });

    CHECK(bench.patience() == 3609375us);
}

// T-08
TEST_CASE("a backup that is told to preempt does so after a down interval", "[vrrp]") {
    Bench bench = started(with(usual_config(), [](RouterConfig& it) { it.preempt = false; }));
    bench.hear(lower_address, 50);
    bench.now += 500ms;

    reconfigure(bench, [](RouterConfig& config) { config.preempt = true; });
    bench.now += 500ms;
    bench.hear(lower_address, 50);

    CHECK(bench.router.deadline() == Instant{} + 3609375us);
}

TEST_CASE("a leaving master keeps its time and comes back with its new interval", "[vrrp]") {
    RouterConfig config = usual_config();
    config.rival_priority = 90;
    Bench bench = master(config);
    bench.handle(PriorityChanged{80});
    const Instant start = bench.now;
    bench.run_for(10ms);

    CHECK(reconfigure(bench, interval_of(200)).empty());
    CHECK(bench.router.deadline() == start + leaving_limit);
    bench.expire();
    CHECK(bench.router.state() == State::master);
    CHECK(times_of<SendAdvertisement>(bench.run_for(2s)).size() == 1);
}

TEST_CASE("a router that enters a group waits for it at its deadline", "[vrrp]") {
    Bench bench = started();
    const auto deadline = bench.router.deadline();

    reconfigure(bench, group);

    CHECK(bench.router.deadline() == deadline);
    CHECK(bench.expire().empty());
    CHECK(bench.router.is_ready());
}

TEST_CASE("a router that its group holds is free once it has none", "[vrrp]") {
    Bench bench = started(with(usual_config(), group));
    bench.handle(Hold{true});

    const auto effects =
        reconfigure(bench, [](RouterConfig& config) { config.is_grouped = false; });

    CHECK_FALSE(bench.router.is_held());
    CHECK(effects == EffectList{StateChanged{State::initialize, State::backup, Cause::startup}});
}

}  // namespace vrrp::test
