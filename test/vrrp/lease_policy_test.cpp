// How long a lease is, how often it is renewed, and until when a master may resume.
#include <chrono>

#include "catch2.hpp"
#include "vrrp/lease.hpp"

namespace vrrp::test {

namespace {

using namespace std::chrono_literals;

constexpr Centiseconds second{100};

RouterConfig config_of(int down_adverts, Centiseconds interval) {
    RouterConfig config;
    config.down_adverts = down_adverts;
    config.interval = interval;
    return config;
}

}  // namespace

TEST_CASE("with the usual adverts a lease is two seconds, renewed with each advert", "[vrrp]") {
    CHECK(lease_for(3, second) == Lease{2s, 1s});
}

TEST_CASE("a lease ends before peers take over, but for the shortest", "[vrrp]") {
    for (int down_adverts = 1; down_adverts <= 100; ++down_adverts) {
        for (Centiseconds interval{1}; interval <= Centiseconds(4095); ++interval) {
            const Lease lease = lease_for(down_adverts, interval);
            const Duration patience = down_adverts * Duration(interval);
            REQUIRE((lease.lifetime == 1s || lease.lifetime + lease_slack < patience));
            REQUIRE(lease.lifetime >= 1s);
        }
    }
}

TEST_CASE("a lease is renewed twice in its lifetime, with adverts where they come", "[vrrp]") {
    for (int down_adverts = 1; down_adverts <= 100; ++down_adverts) {
        for (Centiseconds interval{1}; interval <= Centiseconds(4095); ++interval) {
            const Lease lease = lease_for(down_adverts, interval);
            REQUIRE(2 * lease.refresh_each <= lease.lifetime);
            const bool is_with_adverts = lease.refresh_each % Duration(interval) == Duration(0);
            REQUIRE((is_with_adverts || lease.refresh_each < Duration(interval)));
            REQUIRE(4 * lease.refresh_each >= lease.lifetime);
        }
    }
}

TEST_CASE("slow adverts make a long lease, fast ones the shortest", "[vrrp]") {
    CHECK(lease_for(3, 10 * second) == Lease{29s, 10s});
    CHECK(lease_for(4, second) == Lease{3s, 1s});
    CHECK(lease_for(5, second) == Lease{4s, 2s});
    CHECK(lease_for(2, second) == Lease{1s, 500ms});
    CHECK(lease_for(3, Centiseconds(10)) == Lease{1s, 500ms});
    CHECK(lease_for(3, Centiseconds(30)) == Lease{1s, 300ms});
    CHECK(lease_for(1, Centiseconds(1)) == Lease{1s, 500ms});
}

TEST_CASE("many addresses make all leases of a host longer", "[vrrp]") {
    const Lease usual = lease_for(3, second);

    CHECK(stretch_for(0) == 1);
    CHECK(stretch_for(refreshes_each_second(usual, 100)) == 1);
    CHECK(stretch_for(refreshes_each_second(usual, 101)) == 2);
    CHECK(stretch_for(refreshes_each_second(usual, 1000)) == 10);
    CHECK(stretch_for(refreshes_each_second(Lease{1s, 500ms}, 100)) == 2);
    CHECK(stretched(usual, 1) == usual);
    CHECK(stretched(usual, 10) == Lease{20s, 10s});
}

TEST_CASE("a master may resume until an interval before its peers give it up", "[vrrp]") {
    const Instant spoken_at = Instant{} + 5s;

    CHECK(resumable_until(config_of(3, second), spoken_at) == spoken_at + 2s);
    CHECK(resumable_until(config_of(2, second), spoken_at) == spoken_at + 1s);
    CHECK(resumable_until(config_of(3, Centiseconds(10)), spoken_at) == spoken_at + 200ms);
}

TEST_CASE("more patience than the usual is not counted on", "[vrrp]") {
    CHECK(resumable_until(config_of(10, second), Instant{}) == Instant{} + 2s);
}

TEST_CASE("where one missing advert is silence, nobody resumes", "[vrrp]") {
    CHECK(resumable_until(config_of(1, second), Instant{}) == Instant{});
}

}  // namespace vrrp::test
