#include <cstddef>
#include <string_view>
#include <utility>
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
                                        "1.2.3.a",    "99999999999.0.0.1"}) {
        CAPTURE(text);
        CHECK_FALSE(IpAddress::from_text(text));
    }
}

// RFC 5952: the one form to print; RFC 4291 section 2.2: the forms to read.
TEST_CASE("an IPv6 address is read in any form and printed in one", "[vrrp]") {
    const std::vector<std::pair<std::string_view, std::string_view>> forms{
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"fe80::51", "fe80::51"},
        {"FF02:0:0:0:0:0:0:12", "ff02::12"},
        {"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        {"::ffff:192.0.2.1", "::ffff:c000:201"},
        {"1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    };
    for (const auto& [text, printed] : forms) {
        CAPTURE(text);
        const auto address = IpAddress::from_text(text);

        REQUIRE(address);
        CHECK(address->family() == Family::ipv6);
        CHECK(address->to_text() == printed);
        CHECK(IpAddress::from_text(printed) == address);
    }
}

TEST_CASE("what has not eight groups is no IPv6 address", "[vrrp]") {
    for (const std::string_view text : {":",
                                        ":::",
                                        "1",
                                        "1:",
                                        ":1",
                                        "1:2:3:4:5:6:7",
                                        "1:2:3:4:5:6:7:",
                                        "1:2:3:4:5:6:7:8:9",
                                        "1::2::3",
                                        "1:2:3:4:5:6:7:8::",
                                        "::1:2:3:4:5:6:7:8",
                                        "12345::",
                                        "g::",
                                        "::1%eth0",
                                        "fe80::1/64",
                                        "1.2.3.4::",
                                        "::1.2.3",
                                        "1:2:3:4:5:6:7:1.2.3.4",
                                        "::1:2.3.4.5:6",
                                        " ::1",
                                        "::-1",
                                        "0x1::"}) {
        CAPTURE(text);
        CHECK_FALSE(IpAddress::from_text(text));
    }
}

TEST_CASE("an address knows whether it is multicast or of the link only", "[vrrp]") {
    CHECK(IpAddress(224, 0, 0, 18).is_multicast());
    CHECK(IpAddress({0xff02, 0, 0, 0, 0, 0, 0, 0x12}).is_multicast());
    CHECK_FALSE(IpAddress(192, 0, 2, 1).is_multicast());
    CHECK_FALSE(IpAddress({0x2001, 0xdb8, 0, 0, 0, 0, 0, 1}).is_multicast());
    CHECK(IpAddress(169, 254, 3, 4).is_link_local());
    CHECK(IpAddress({0xfe80, 0, 0, 0, 0, 0, 0, 1}).is_link_local());
    CHECK(IpAddress({0xfebf, 0, 0, 0, 0, 0, 0, 1}).is_link_local());
    CHECK_FALSE(IpAddress({0xfec0, 0, 0, 0, 0, 0, 0, 1}).is_link_local());
    CHECK_FALSE(IpAddress(192, 0, 2, 1).is_link_local());
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

TEST_CASE("an address with its prefix is in one network", "[vrrp]") {
    const auto network = [](std::string_view text, std::uint8_t length) {
        return to_text(network_of({*IpAddress::from_text(text), length}));
    };

    CHECK(network("192.0.2.77", 24) == "192.0.2.0/24");
    CHECK(network("192.0.2.77", 26) == "192.0.2.64/26");
    CHECK(network("192.0.2.77", 32) == "192.0.2.77/32");
    CHECK(network("255.255.255.255", 1) == "128.0.0.0/1");
    CHECK(network("192.0.2.77", 0) == "0.0.0.0/0");
    CHECK(network("2001:db8:ffff:ffff::1", 33) == "2001:db8:8000::/33");
    CHECK(network("2001:db8::ff", 127) == "2001:db8::fe/127");
    CHECK(network("2001:db8::ff", 128) == "2001:db8::ff/128");
    CHECK(network("ffff::1", 0) == "::/0");
}

}  // namespace vrrp::test
