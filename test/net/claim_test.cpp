#include <cstddef>
#include <cstdint>
#include <span>

#include "catch2.hpp"
#include "neighbour_frames.hpp"
#include "net/claim.hpp"

namespace net::test {

namespace {

constexpr MacAddress mac{0x02, 0x00, 0x5e, 0x10, 0x20, 0x30};
constexpr MacAddress other_mac{0x02, 0x00, 0x5e, 0x44, 0x55, 0x66};
constexpr vrrp::IpAddress ipv4(192, 0, 2, 60);
constexpr vrrp::IpAddress ipv6({0xfe80, 0, 0, 0, 0, 0x5eff, 0xfe10, 0x2030});

constexpr std::size_t options_at = advertisement_at + 24;

Frame arp() {
    return arp_frame(ArpForm::reply, mac, ipv4);
}

Frame advertisement() {
    return neighbour_advertisement(mac, ipv6, ipv6);
}

/// One byte of the advertisement changed, and the checksum right all the same.
Frame changed(std::size_t offset, int value) {
    Frame frame = advertisement();
    frame.at(offset) = static_cast<std::byte>(value);
    set_checksum(frame);
    return frame;
}

Frame changed_arp(std::size_t offset, int value) {
    Frame frame = arp();
    frame.at(offset) = static_cast<std::byte>(value);
    return frame;
}

/// Without its option.
Frame short_advertisement() {
    Frame frame = changed(19, 24);
    frame.resize(options_at);
    return frame;
}

}  // namespace

TEST_CASE("an ARP packet claims its sender's address, be it request or reply", "[net]") {
    const auto form = GENERATE(ArpForm::request, ArpForm::reply);

    const auto claim = decode_claim(arp_frame(form, mac, ipv4));

    REQUIRE(claim);
    CHECK(claim->address == ipv4);
    CHECK(claim->mac == mac);
}

TEST_CASE("an ARP packet that asks for another address claims its sender's all the same", "[net]") {
    const auto claim = decode_claim(changed_arp(41, 99));

    CHECK(claim == Claim{ipv4, mac});
}

TEST_CASE("an ARP probe claims nothing", "[net]") {
    const auto probe = arp_frame(ArpForm::request, mac, vrrp::IpAddress{});

    CHECK_FALSE(decode_claim(probe));
}

TEST_CASE("nobody is at a MAC of zeros", "[net]") {
    CHECK_FALSE(decode_claim(arp_frame(ArpForm::reply, MacAddress{}, ipv4)));
    CHECK_FALSE(decode_claim(neighbour_advertisement(MacAddress{}, ipv6, ipv6)));
}

TEST_CASE("an ARP packet that is not of IPv4 on Ethernet claims nothing", "[net]") {
    const auto frame = GENERATE(changed_arp(13, 0x07),  // another type of frame
                                changed_arp(15, 6),     // not Ethernet
                                changed_arp(17, 1),     // not IPv4
                                changed_arp(18, 8),     // MACs of eight bytes
                                changed_arp(19, 16),    // addresses of sixteen
                                changed_arp(21, 0),     // neither request nor reply
                                changed_arp(21, 3));    // reverse ARP

    CHECK_FALSE(decode_claim(frame));
}

TEST_CASE("a frame's padding does not matter", "[net]") {
    Frame arp_in_60_bytes = arp();
    arp_in_60_bytes.resize(60);
    Frame long_advertisement = advertisement();
    long_advertisement.resize(200, std::byte{0xff});

    CHECK(decode_claim(arp_in_60_bytes) == Claim{ipv4, mac});
    CHECK(decode_claim(long_advertisement) == Claim{ipv6, mac});
}

TEST_CASE("an advertisement that Linux sent claims its target", "[net]") {
    Frame frame;
    append(frame, {0x33, 0x33, 0x00, 0x00, 0x00, 0x01, 0x02, 0x00, 0x5e, 0x10, 0x20, 0x30, 0x86,
                   0xdd, 0x60, 0x00, 0x00, 0x00, 0x00, 0x20, 0x3a, 0xff, 0xfe, 0x80, 0x00, 0x00,
                   0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x5e, 0xff, 0xfe, 0x10, 0x20, 0x30, 0xff,
                   0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                   0x00, 0x01, 0x88, 0x00, 0xde, 0xdc, 0x20, 0x00, 0x00, 0x00, 0xfe, 0x80, 0x00,
                   0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x5e, 0xff, 0xfe, 0x10, 0x20, 0x30,
                   0x02, 0x01, 0x02, 0x00, 0x5e, 0x10, 0x20, 0x30});

    CHECK(decode_claim(frame) == Claim{ipv6, mac});
    CHECK(frame == advertisement());  // so the other tests start from the real thing
}

TEST_CASE("an advertisement's MAC is that of its option, else that of its sender", "[net]") {
    Frame with_option = changed(options_at + 7, 0x31);
    Frame with_other_option = changed(options_at, 1);

    MacAddress named = mac;
    named.back() = 0x31;
    CHECK(decode_claim(with_option) == Claim{ipv6, named});
    CHECK(decode_claim(with_other_option) == Claim{ipv6, mac});
    CHECK(decode_claim(short_advertisement()) == Claim{ipv6, mac});
}

TEST_CASE("an advertisement's MAC may stand in any of its options", "[net]") {
    Frame frame = changed(options_at, 14);
    append(frame, {2, 1});
    append(frame, other_mac);
    frame[19] = std::byte{40};
    set_checksum(frame);

    CHECK(decode_claim(frame) == Claim{ipv6, other_mac});
}

TEST_CASE("an advertisement that RFC 4861 calls invalid claims nothing", "[net]") {
    const auto frame = GENERATE(changed(14, 0x40),                    // IPv4's version number
                                changed(20, 17),                      // not ICMPv6
                                changed(21, 254),                     // came through a router
                                changed(19, 23),                      // shorter than itself
                                changed(advertisement_at, 135),       // a solicitation
                                changed(advertisement_at + 1, 1),     // code
                                changed(advertisement_at + 4, 0x60),  // solicited, and to all nodes
                                changed(advertisement_at + 8, 0xff),  // of a group
                                changed(options_at + 1, 0),           // an option of no length
                                changed(options_at + 1, 2));          // one longer than the packet

    CHECK_FALSE(decode_claim(frame));
}

TEST_CASE("a solicited advertisement to one host claims its target", "[net]") {
    Frame frame = changed(38, 0xfe);
    frame[advertisement_at + 4] = std::byte{0x60};
    set_checksum(frame);

    CHECK(decode_claim(frame) == Claim{ipv6, mac});
}

TEST_CASE("an advertisement with any bit wrong has a wrong checksum", "[net]") {
    const auto bit = GENERATE(range<std::size_t>(std::size_t{22} * 8, std::size_t{86} * 8));
    Frame frame = advertisement();
    frame[bit / 8] ^= std::byte{1} << bit % 8;

    CHECK_FALSE(decode_claim(frame));
}

TEST_CASE("a frame that is cut short claims nothing", "[net]") {
    const Frame frame = GENERATE(arp(), advertisement(), short_advertisement());
    std::size_t claims = 0;

    for (std::size_t size = 0; size < frame.size(); ++size) {
        // A copy of just this size, so that a sanitizer sees what is read beyond.
        const Frame part(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size));
        claims += decode_claim(part) ? 1 : 0;
    }

    CHECK(claims == 0);
    CHECK(decode_claim(frame));
}

}  // namespace net::test
