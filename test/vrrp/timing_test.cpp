#include <chrono>
#include <cstdint>

#include "catch2.hpp"
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

}  // namespace vrrp::test
