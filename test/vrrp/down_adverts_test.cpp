#include "catch2.hpp"
#include "vrrp/version3.hpp"

// How many adverts may be missing before a master is silent: three in the RFCs.
namespace vrrp::test {

namespace {

RouterConfig missing(int adverts, Version version) {
    RouterConfig config = usual_config();
    config.version = version;
    config.down_adverts = adverts;
    return config;
}

}  // namespace

// T-03, T-04
TEST_CASE("a backup waits for so many adverts as it is told to", "[vrrp]") {
    for (const Version version : {Version::v2, Version::v3}) {
        for (const int adverts : {1, 2, 3, 10, 100}) {
            check_takes_over_after(started(missing(adverts, version)), adverts * 1s + 609375us);
        }
    }
}

TEST_CASE("a backup that counts one advert follows its master all the same", "[vrrp]") {
    for (const Version version : {Version::v2, Version::v3}) {
        Bench bench = started(missing(1, version));
        for (int i = 0; i < 20; ++i) {
            bench.handle(peer_advert(bench, higher_address, 200));
            CHECK(bench.run_for(1s).empty());
        }
    }
}

TEST_CASE("a late backup that counts one advert listens for one", "[vrrp]") {
    Bench bench = started(missing(1, Version::v2));
    bench.now += 1min;

    CHECK(bench.handle(TimerExpired{}).empty());

    check_takes_over_after(bench, 1609375us);
}

TEST_CASE("a master stalls when its peers may have counted their adverts", "[vrrp]") {
    for (const auto& [adverts, limit] : {std::pair(1, 2s), std::pair(2, 2s), std::pair(5, 5s)}) {
        Bench in_time = master(missing(adverts, Version::v2));
        in_time.now += limit;
        in_time.handle(TimerExpired{});
        CHECK(in_time.router.state() == State::master);

        Bench late = master(missing(adverts, Version::v2));
        late.now += limit + 1ns;
        late.handle(TimerExpired{});
        CHECK(late.router.state() == State::backup);
    }
}

}  // namespace vrrp::test
