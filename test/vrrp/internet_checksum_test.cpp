#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "catch2.hpp"
#include "vrrp/internet_checksum.hpp"

namespace vrrp::test {

// RFC 1071 section 3.
TEST_CASE("the checksum of known bytes is known", "[vrrp]") {
    constexpr std::array bytes{std::byte{0x00}, std::byte{0x01}, std::byte{0xf2}, std::byte{0x03},
                               std::byte{0xf4}, std::byte{0xf5}, std::byte{0xf6}, std::byte{0xf7}};

    CHECK(sum_of_words(bytes) == 0x2ddf0);
    CHECK(checksum_of(sum_of_words(bytes)) == 0x220d);
}

TEST_CASE("a last odd byte counts as if a zero followed", "[vrrp]") {
    constexpr std::array odd{std::byte{1}, std::byte{2}, std::byte{3}};
    constexpr std::array even{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{0}};

    CHECK(sum_of_words(odd) == sum_of_words(even));
    CHECK(sum_of_words({}) == 0);
    CHECK(checksum_of(0) == 0xffff);
}

TEST_CASE("carries are added until none is left", "[vrrp]") {
    CHECK(checksum_of(0xffff) == 0);
    CHECK(checksum_of(0x1ffff) == 0xfffe);
    CHECK(checksum_of(0xffff'ffff'ffffU) == 0);

    const std::vector<std::byte> ones(100'000, std::byte{0xff});
    CHECK(checksum_of(sum_of_words(ones)) == 0);
}

TEST_CASE("a pseudo-header counts addresses, size and protocol", "[vrrp]") {
    CHECK(sum_of_pseudo_header(IpAddress(1, 2, 3, 4), IpAddress(5, 6, 7, 8), 12, 112) ==
          0x0102 + 0x0304 + 0x0506 + 0x0708 + 12 + 112);
    CHECK(sum_of_pseudo_header(IpAddress({1, 0, 0, 0, 0, 0, 0, 2}),
                               IpAddress({3, 0, 0, 0, 0, 0, 0, 4}), 40,
                               58) == 1 + 2 + 3 + 4 + 40 + 58);
}

}  // namespace vrrp::test
