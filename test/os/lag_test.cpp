#include "os/lag.hpp"

#include "catch2.hpp"

#include <chrono>

using namespace std::chrono_literals;
using os::LagMeter;
using vrrp::Instant;

namespace {

constexpr Instant start{1h};

}  // namespace

TEST_CASE("the greatest lag stays, the recent one is forgotten", "[os]") {
    LagMeter meter;
    CHECK_FALSE(meter.take(30ms, start));
    CHECK_FALSE(meter.take(20ms, start + 61s));

    CHECK(meter.read(start + 61s).recent == 30ms);
    CHECK(meter.read(start + 122s).recent == 20ms);
    CHECK(meter.read(start + 182s).recent == 0ms);
    CHECK(meter.read(start + 182s).greatest == 30ms);

    CHECK_FALSE(meter.take(1ms, start + 300s));
    CHECK(meter.read(start + 300s).recent == 1ms);
    CHECK(meter.read(start + 300s).late_wake_ups == 0);
}

TEST_CASE("wake-ups that are late are counted, and very late ones told once a minute", "[os]") {
    LagMeter meter;
    CHECK_FALSE(meter.take(100ms, start));
    CHECK_FALSE(meter.take(1s, start));
    CHECK(meter.take(1001ms, start));
    CHECK_FALSE(meter.take(2s, start + 59s));
    CHECK(meter.take(2s, start + 60s));

    CHECK(meter.read(start + 60s).late_wake_ups == 4);
}
