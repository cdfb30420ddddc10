// The lease of the addresses: renewed while they are served, and going on after a new start.
#include "bench.hpp"

namespace vrrp::test {

namespace {

RouterConfig leased(Duration refresh_each = 1s) {
    RouterConfig config = usual_config();
    config.refresh_each = refresh_each;
    return config;
}

std::vector<Duration> refreshes(const std::vector<TimedEffect>& seen) {
    std::vector<Duration> at;
    for (const TimedEffect& each : seen) {
        if (std::holds_alternative<RefreshAddresses>(each.effect)) {
            at.push_back(each.at);
        }
    }
    return at;
}

/// A backup that took over at 3.609375 s, which is now.
Bench master_of(RouterConfig config) {
    Bench bench(std::move(config));
    (void)bench.handle(SourceChanged{us});
    (void)bench.handle(Startup{});
    (void)bench.expire();
    REQUIRE(bench.router.state() == State::master);
    return bench;
}

bool has(const EffectList& effects, const Effect& wanted) {
    return std::ranges::find(effects, wanted) != effects.end();
}

}  // namespace

TEST_CASE("a master renews its addresses' lease together with its adverts", "[vrrp]") {
    Bench bench = master_of(leased());
    const Duration start = bench.now - Instant{};

    const auto seen = bench.run_for(3s);

    CHECK(refreshes(seen) == std::vector<Duration>{start + 1s, start + 2s, start + 3s});
}

TEST_CASE("a lease that ends between adverts is renewed between them", "[vrrp]") {
    Bench bench = master_of(leased(400ms));
    const Duration start = bench.now - Instant{};

    const auto at = refreshes(bench.run_for(1100ms));

    CHECK(at == std::vector<Duration>{start + 400ms, start + 800ms, start + 1000ms});
}

TEST_CASE("with fast adverts not each of them renews the lease", "[vrrp]") {
    RouterConfig config = leased(500ms);
    config.version = Version::v3;
    config.interval = Centiseconds(10);
    Bench bench = master_of(config);

    const auto at = refreshes(bench.run_for(2s));

    CHECK(at.size() == 4);
}

TEST_CASE("a lease for several adverts is renewed with one of them", "[vrrp]") {
    Bench bench = master_of(leased(2s));
    const Duration start = bench.now - Instant{};

    const auto at = refreshes(bench.run_for(6s));

    CHECK(at == std::vector<Duration>{start + 2s, start + 4s, start + 6s});
}

TEST_CASE("after an advert that was late, the lease is renewed with adverts again", "[vrrp]") {
    Bench bench = master_of(leased());
    (void)bench.run_for(2s);
    bench.now += 1700ms;
    REQUIRE(bench.handle(TimerExpired{}) == EffectList{SendAdvertisement{100}, RefreshAddresses{}});
    const Duration late = bench.now - Instant{};

    const auto at = refreshes(bench.run_for(3s));

    CHECK(at == std::vector<Duration>{late + 300ms, late + 1300ms, late + 2300ms});
}

TEST_CASE("addresses that were lost are back with an advert, as their lease begins", "[vrrp]") {
    Bench bench = master_of(leased());
    (void)bench.run_for(10700ms);

    CHECK(bench.handle(AddressesLost{}) ==
          EffectList{SendAdvertisement{100}, InstallAddresses{}, AnnounceAddresses{}});
}

TEST_CASE("a router without lease renews nothing", "[vrrp]") {
    Bench bench = master_of(leased(0s));

    CHECK(refreshes(bench.run_for(90s)).empty());
}

TEST_CASE("a backup has nothing to renew", "[vrrp]") {
    Bench bench = master_of(leased());
    (void)bench.hear(higher_address, 200);
    REQUIRE(bench.router.state() == State::backup);

    CHECK(refreshes(bench.run_for(3s)).empty());
}

TEST_CASE("a leaving master's lease is renewed until it goes", "[vrrp]") {
    Bench bench = master_of(leased(500ms));
    (void)bench.handle(Shutdown{});
    const Duration start = bench.now - Instant{};
    REQUIRE(bench.router.state() == State::leaving);

    const auto seen = bench.run_for(5s);

    CHECK(refreshes(seen) == std::vector<Duration>{start + 500ms, start + 1s});
    CHECK(bench.router.state() == State::initialize);
}

TEST_CASE("a master that was started again goes on without an election", "[vrrp]") {
    Bench bench(leased());
    (void)bench.handle(SourceChanged{us});

    const auto effects = bench.handle(Startup{.resumes = true});

    CHECK(effects ==
          EffectList{SendAdvertisement{100}, InstallAddresses{}, AnnounceAddresses{},
                     StateChanged{State::initialize, State::master, Cause::resumed, nobody, 0},
                     RefreshAddresses{}});
}

TEST_CASE("what can't take part can't resume", "[vrrp]") {
    Bench bench(leased());

    CHECK(bench.handle(Startup{.resumes = true}).empty());
    (void)bench.handle(SourceChanged{us});

    CHECK(bench.router.state() == State::backup);
}

TEST_CASE("one that runs does not resume", "[vrrp]") {
    Bench bench(leased());
    (void)bench.handle(SourceChanged{us});
    (void)bench.handle(Startup{});

    CHECK(bench.handle(Startup{.resumes = true}).empty());
    CHECK(bench.router.state() == State::backup);
}

TEST_CASE("a resumed master gives way to a better one", "[vrrp]") {
    Bench bench(leased());
    (void)bench.handle(SourceChanged{us});
    (void)bench.handle(Startup{.resumes = true});

    const auto effects = bench.hear(higher_address, 200);

    CHECK(has(effects, RemoveAddresses{}));
    CHECK(bench.router.state() == State::backup);
}

TEST_CASE("a pause begins the peers' patience and the lease anew", "[vrrp]") {
    Bench bench = master_of(leased());
    (void)bench.run_for(700ms);

    const auto effects = bench.handle(Pause{});

    CHECK(effects == EffectList{SendAdvertisement{100}, RefreshAddresses{}});
    CHECK(bench.router.state() == State::master);
    CHECK(bench.router.deadline() == bench.now + 300ms);  // the announcement of the first second
}

TEST_CASE("a backup's pause says nothing", "[vrrp]") {
    Bench bench(leased());
    (void)bench.handle(SourceChanged{us});
    (void)bench.handle(Startup{});

    CHECK(bench.handle(Pause{}).empty());
}

TEST_CASE("a master announces again when the link has another hardware address", "[vrrp]") {
    Bench bench = master_of(leased());
    (void)bench.run_for(10s);
    const Instant changed = bench.now;

    CHECK(bench.handle(LinkChanged{}) == EffectList{AnnounceAddresses{}});
    CHECK(bench.router.deadline() == changed + 200ms);
}

TEST_CASE("a backup's link may change without a word", "[vrrp]") {
    Bench bench(leased());
    (void)bench.handle(SourceChanged{us});
    (void)bench.handle(Startup{});

    CHECK(bench.handle(LinkChanged{}).empty());
}

TEST_CASE("a lease that begins, ends or changes while it serves is told to the kernel", "[vrrp]") {
    Bench bench = master_of(leased(0s));

    CHECK(bench.handle(Reconfigured{leased(1s)}) ==
          EffectList{SendAdvertisement{100}, RefreshAddresses{}});
    CHECK(refreshes(bench.run_for(2s)).size() == 2);
    CHECK(bench.handle(Reconfigured{leased(0s)}) ==
          EffectList{RefreshAddresses{}, SendAdvertisement{100}});
    CHECK(refreshes(bench.run_for(5s)).empty());
}

}  // namespace vrrp::test
