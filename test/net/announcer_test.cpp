#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <vector>

#include "catch2.hpp"
#include "net/announcer.hpp"

namespace net::test {

namespace {

constexpr MacAddress mac{0x02, 0x00, 0x5e, 0x10, 0x20, 0x30};
constexpr vrrp::IpAddress address(192, 0, 2, 60);

std::vector<int> numbers(const std::array<std::byte, arp_frame_size>& frame) {
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

}  // namespace net::test
