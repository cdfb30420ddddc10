#include "auth/replay_table.hpp"
#include "catch2.hpp"

namespace auth {

namespace {

vrrp::IpAddress host(std::uint8_t number) {
    return {192, 0, 2, number};
}

}  // namespace

TEST_CASE("each sender's last number is kept apart", "[auth]") {
    ReplayTable table(4);
    CHECK_FALSE(table.last(host(1)));

    table.accept(host(1), std::nullopt, 10);
    table.accept(host(2), std::nullopt, 5);

    CHECK(table.last(host(1)) == 10U);
    CHECK(table.last(host(2)) == 5U);
    CHECK_FALSE(table.last(host(3)));
}

TEST_CASE("of two packets checked at once the newer one stays", "[auth]") {
    ReplayTable table(4);
    table.accept(host(1), std::nullopt, 10);
    const auto seen = table.last(host(1));

    table.accept(host(1), seen, 12);
    table.accept(host(1), seen, 11);

    CHECK(table.last(host(1)) == 12U);
}

TEST_CASE("a number may fall where the check saw the one that it replaces", "[auth]") {
    ReplayTable table(4);
    table.accept(host(1), std::nullopt, 100);

    table.accept(host(1), 100, 50);

    CHECK(table.last(host(1)) == 50U);
}

TEST_CASE("a new sender takes the place of the one silent for longest", "[auth]") {
    ReplayTable table(3);
    table.accept(host(1), std::nullopt, 1);
    table.accept(host(2), std::nullopt, 2);
    table.accept(host(3), std::nullopt, 3);
    table.accept(host(1), 1, 4);

    table.accept(host(9), std::nullopt, 9);

    CHECK_FALSE(table.last(host(2)));
    CHECK(table.last(host(1)) == 4U);
    CHECK(table.last(host(3)) == 3U);
    CHECK(table.last(host(9)) == 9U);
}

TEST_CASE("a smaller table adopts those heard most recently", "[auth]") {
    ReplayTable large(3);
    large.accept(host(1), std::nullopt, 1);
    large.accept(host(2), std::nullopt, 2);
    large.accept(host(3), std::nullopt, 3);
    large.accept(host(1), 1, 4);

    ReplayTable small(2);
    small.adopt(large);

    CHECK(small.last(host(1)) == 4U);
    CHECK(small.last(host(3)) == 3U);
    CHECK_FALSE(small.last(host(2)));
}

}  // namespace auth
