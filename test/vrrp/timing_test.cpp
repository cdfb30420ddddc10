#include <algorithm>
#include <chrono>
#include <cstdint>

#include "catch2.hpp"
#include "vrrp/router_config.hpp"
#include "vrrp/timing.hpp"

namespace vrrp::test {

using namespace std::chrono_literals;

// T-03: real numbers. A 256th of a second is 3,906,250 ns exactly.
TEST_CASE("the skew time is exact for every priority", "[vrrp]") {
    for (int priority = 1; priority <= 255; ++priority) {
        CAPTURE(priority);
        CHECK(skew_time(Version::v2, Centiseconds(100), static_cast<std::uint8_t>(priority)) ==
              (256 - priority) * 3906250ns);
    }
}

TEST_CASE("the master down interval is three adverts and the skew time", "[vrrp]") {
    for (int priority = 1; priority <= 255; ++priority) {
        for (const int seconds : {1, 2, 10, 255}) {
            CAPTURE(priority, seconds);
            CHECK(master_down_interval(Version::v2, Centiseconds(seconds * 100),
                                       static_cast<std::uint8_t>(priority)) ==
                  seconds * 3s + (256 - priority) * 3906250ns);
        }
    }
}

TEST_CASE("known values of the timers", "[vrrp]") {
    CHECK(skew_time(Version::v2, Centiseconds(100), 100) == 609375us);
    CHECK(skew_time(Version::v2, Centiseconds(100), 90) == 648437500ns);
    CHECK(skew_time(Version::v2, Centiseconds(100), 255) == 3906250ns);
    CHECK(skew_time(Version::v2, Centiseconds(100), 1) == 996093750ns);
    CHECK(master_down_interval(Version::v2, Centiseconds(100), 100) == 3609375us);
    CHECK(master_down_interval(Version::v2, Centiseconds(100), 90) == 3648437500ns);
    CHECK(handover_skew(Version::v2, Centiseconds(100), 254) == 200us);
    CHECK(handover_skew(Version::v2, Centiseconds(100), 90) == 16600us);
    CHECK(handover_skew(Version::v2, Centiseconds(100), 1) == 25500us);
}

TEST_CASE("the handover skew keeps the order of the priorities", "[vrrp]") {
    for (int priority = 1; priority < 255; ++priority) {
        const auto here =
            handover_skew(Version::v2, Centiseconds(100), static_cast<std::uint8_t>(priority));
        const auto above =
            handover_skew(Version::v2, Centiseconds(100), static_cast<std::uint8_t>(priority + 1));

        CAPTURE(priority);
        CHECK(here - above == 100us);
        CHECK(here <
              skew_time(Version::v2, Centiseconds(100), static_cast<std::uint8_t>(priority)));
    }
}

TEST_CASE("a leaving master outlasts the longest skew time of its backups", "[vrrp]") {
    CHECK(leaving_limit > skew_time(Version::v2, Centiseconds(100), 1) + 100ms);
}

// T-04: real numbers. A 256th of a hundredth of a second is 39,062.5 ns: half of one may be lost.
TEST_CASE("the skew time of version 3 is that part of the interval", "[vrrp]") {
    for (int priority = 1; priority <= 255; ++priority) {
        for (const int interval : {1, 2, 10, 100, 4095}) {
            const auto rank = static_cast<std::uint8_t>(priority);
            const std::int64_t exact = std::int64_t{interval} * (256 - priority) * 10'000'000 / 256;

            CAPTURE(priority, interval);
            CHECK(skew_time(Version::v3, Centiseconds(interval), rank).count() == exact);
            CHECK(master_down_interval(Version::v3, Centiseconds(interval), rank).count() ==
                  std::int64_t{interval} * 30'000'000 + exact);
            CHECK(handover_skew(Version::v3, Centiseconds(interval), rank).count() ==
                  std::min<std::int64_t>((256 - priority) * 100'000, exact));
        }
    }
}

// T-04
TEST_CASE("known values of the timers of version 3", "[vrrp]") {
    CHECK(skew_time(Version::v3, Centiseconds(1), 100) == 6093750ns);
    CHECK(skew_time(Version::v3, Centiseconds(1), 255) == 39062ns);
    CHECK(skew_time(Version::v3, Centiseconds(100), 100) == 609375us);
    CHECK(skew_time(Version::v3, Centiseconds(4095), 1) == 40790039062ns);
    CHECK(master_down_interval(Version::v3, Centiseconds(1), 254) == 30078125ns);
}

TEST_CASE("no two priorities have the same skew, however short the interval", "[vrrp]") {
    for (const int interval : {1, 100, 4095}) {
        for (int priority = 1; priority < 255; ++priority) {
            const auto rank = static_cast<std::uint8_t>(priority);
            const auto above = static_cast<std::uint8_t>(priority + 1);

            CAPTURE(interval, priority);
            CHECK(skew_time(Version::v3, Centiseconds(interval), rank) >
                  skew_time(Version::v3, Centiseconds(interval), above));
            CHECK(handover_skew(Version::v3, Centiseconds(interval), rank) >
                  handover_skew(Version::v3, Centiseconds(interval), above));
        }
    }
}

// T-01, T-02, T-08
TEST_CASE("the defaults are those of the RFCs", "[vrrp]") {
    const RouterConfig config;

    CHECK(config.priority == 100);
    CHECK(config.interval == Centiseconds(100));
    CHECK(config.down_adverts == 3);
    CHECK(config.preempt);
    CHECK(config.preempt_delay == 0s);
}

}  // namespace vrrp::test
