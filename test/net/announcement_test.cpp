#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

#include "catch2.hpp"
#include "net/announcement.hpp"

namespace net::test {

namespace {

constexpr MacAddress mac{0x02, 0x00, 0x5e, 0x10, 0x20, 0x30};
constexpr vrrp::IpAddress address(192, 0, 2, 60);

template <std::size_t Size>
std::vector<int> numbers(const std::array<std::byte, Size>& frame) {
    std::vector<int> result;
    std::ranges::transform(frame, std::back_inserter(result),
                           [](std::byte byte) { return std::to_integer<int>(byte); });
    return result;
}

}  // namespace

TEST_CASE("a gratuitous ARP request is the frame of RFC 5227", "[net]") {
    const auto frame = gratuitous_arp(ArpForm::request, mac, address);

    CHECK(numbers(frame) == std::vector<int>{
                                0xff, 0xff, 0xff, 0xff, 0xff, 0xff,  // to everybody
                                0x02, 0x00, 0x5e, 0x10, 0x20, 0x30,  // from the link
                                0x08, 0x06,                          // ARP
                                0x00, 0x01, 0x08, 0x00, 6,    4,     // IPv4 on Ethernet
                                0x00, 0x01,                          // request
                                0x02, 0x00, 0x5e, 0x10, 0x20, 0x30,  // sender
                                192,  0,    2,    60,                //
                                0,    0,    0,    0,    0,    0,     // target
                                192,  0,    2,    60,
                            });
}

TEST_CASE("a gratuitous ARP reply differs from the request in its operation only", "[net]") {
    const auto request = gratuitous_arp(ArpForm::request, mac, address);

    auto reply = gratuitous_arp(ArpForm::reply, mac, address);

    CHECK(reply[21] == std::byte{2});
    reply[21] = std::byte{1};
    CHECK(reply == request);
}

TEST_CASE("a neighbour advertisement is the frame of RFC 4861 and RFC 9568", "[net]") {
    const auto frame = neighbour_advertisement(mac, *vrrp::IpAddress::from_text("2001:db8::60"));

    // Wireshark finds the checksum correct.
    CHECK(numbers(frame) == std::vector<int>{
                                0x33, 0x33, 0x00, 0x00, 0x00, 0x01,  // to all nodes
                                0x02, 0x00, 0x5e, 0x10, 0x20, 0x30,  // from the link
                                0x86, 0xdd,                          // IPv6
                                0x60, 0x00, 0x00, 0x00,              // traffic class and flow 0
                                0x00, 0x20, 0x3a, 0xff,              // 32 bytes, ICMPv6, 255 hops
                                0x20, 0x01, 0x0d, 0xb8, 0x00, 0x00, 0x00, 0x00,  // from the address
                                0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x60,  //
                                0xff, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,  // to ff02::1
                                0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,  //
                                0x88, 0x00, 0xfa, 0x2c,  // neighbour advertisement, checksum
                                0xa0, 0x00, 0x00, 0x00,  // router, not solicited, override
                                0x20, 0x01, 0x0d, 0xb8, 0x00, 0x00, 0x00, 0x00,  // target
                                0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x60,  //
                                0x02, 0x01,                                      // is at
                                0x02, 0x00, 0x5e, 0x10, 0x20, 0x30,
                            });
}

TEST_CASE("the checksum of a neighbour advertisement makes up for all carries", "[net]") {
    const auto frame = neighbour_advertisement(
        {0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
        *vrrp::IpAddress::from_text("fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));

    CHECK(frame[56] == std::byte{0xda});
    CHECK(frame[57] == std::byte{0x9f});
}

}  // namespace net::test
