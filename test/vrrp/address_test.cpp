#include <cstddef>
#include <string_view>
#include <vector>

#include "catch2.hpp"
#include "vrrp/address.hpp"

namespace vrrp::test {

TEST_CASE("an address is read from its dotted form and printed back", "[vrrp]") {
    for (const std::string_view text :
         {"0.0.0.0", "192.0.2.1", "255.255.255.255", "10.0.0.100", "1.2.3.4"}) {
        const auto address = IpAddress::from_text(text);

        REQUIRE(address);
        CHECK(address->to_text() == text);
    }
}

TEST_CASE("what is not four decimal numbers is no address", "[vrrp]") {
    for (const std::string_view text : {"",           ".",
                                        "...",        "1",
                                        "1.2.3",      "1.2.3.",
                                        ".1.2.3",     "1..2.3",
                                        "1.2.3.4.",   "1.2.3.4.5",
                                        "256.0.0.1",  "1.2.3.256",
                                        "01.2.3.4",   "1.2.3.00",
                                        "1.2.3.+4",   "-1.2.3.4",
                                        " 1.2.3.4",   "1.2.3.4 ",
                                        "1.2.3.4/24", "0x1.2.3.4",
                                        "1.2.3.a",    "99999999999.0.0.1",
                                        "::1"}) {
        CAPTURE(text);
        CHECK_FALSE(IpAddress::from_text(text));
    }
}

// M-05: sender addresses are compared as unsigned numbers in network order.
TEST_CASE("addresses are ordered as unsigned numbers", "[vrrp]") {
    CHECK(IpAddress(192, 0, 2, 2) > IpAddress(192, 0, 2, 1));
    CHECK(IpAddress(192, 0, 3, 1) > IpAddress(192, 0, 2, 255));
    CHECK(IpAddress(200, 0, 0, 0) > IpAddress(127, 255, 255, 255));
    CHECK(IpAddress(10, 0, 0, 200) > IpAddress(10, 0, 0, 100));
    CHECK(IpAddress() == IpAddress(0, 0, 0, 0));
}

TEST_CASE("an address is four or sixteen bytes", "[vrrp]") {
    std::vector<std::byte> bytes(16);
    bytes[0] = std::byte{0xfe};
    bytes[15] = std::byte{1};

    const IpAddress four = IpAddress::from_bytes(Family::ipv4, bytes);
    const IpAddress sixteen = IpAddress::from_bytes(Family::ipv6, bytes);

    CHECK(four == IpAddress(254, 0, 0, 0));
    CHECK(four.bytes().size() == 4);
    CHECK(sixteen.family() == Family::ipv6);
    CHECK(sixteen.bytes().size() == 16);
    CHECK(sixteen.bytes()[15] == std::byte{1});
    CHECK(sixteen != four);
}

TEST_CASE("a virtual address is printed with its prefix", "[vrrp]") {
    CHECK(to_text(VirtualAddress{IpAddress(192, 0, 2, 1), 24}) == "192.0.2.1/24");
}

}  // namespace vrrp::test
