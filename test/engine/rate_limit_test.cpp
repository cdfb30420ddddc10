#include "engine/rate_limit.hpp"

#include "catch2.hpp"

#include <chrono>
#include <cstdint>

using namespace std::chrono_literals;
using engine::RateLimit;
using vrrp::Instant;
using vrrp::IpAddress;

TEST_CASE("a sender's subject is told once a minute", "[engine]") {
    RateLimit limit;
    const IpAddress sender(192, 0, 2, 1);
    const Instant start{};

    REQUIRE(limit.allows(sender, 1, start));

    CHECK_FALSE(limit.allows(sender, 1, start));
    CHECK_FALSE(limit.allows(sender, 1, start + 59s));
    CHECK(limit.allows(sender, 1, start + 60s));
}

TEST_CASE("another subject and another sender are told by themselves", "[engine]") {
    RateLimit limit;
    const Instant start{};
    REQUIRE(limit.allows(IpAddress(192, 0, 2, 1), 1, start));

    CHECK(limit.allows(IpAddress(192, 0, 2, 1), 2, start));
    CHECK(limit.allows(IpAddress(192, 0, 2, 2), 1, start));
}

TEST_CASE("forged senders can't fill the log", "[engine]") {
    RateLimit limit;
    int told = 0;

    for (int i = 0; i < 10'000; ++i) {
        const IpAddress forged(10, 0, static_cast<std::uint8_t>(i / 256),
                               static_cast<std::uint8_t>(i % 256));
        told += limit.allows(forged, 1, Instant{} + i * 1ms) ? 1 : 0;
    }

    CHECK(told > 0);
    CHECK(told < 50);
}
