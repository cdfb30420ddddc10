#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <span>
#include <vector>

#include "catch2.hpp"
#include "net/ip_packet.hpp"

namespace net::test {

namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes(std::initializer_list<int> numbers) {
    Bytes result;
    std::ranges::transform(numbers, std::back_inserter(result),
                           [](int number) { return static_cast<std::byte>(number); });
    return result;
}

/// A header of 20 bytes and a message of four.
Bytes packet() {
    return bytes({0x45, 0xc0, 0, 24, 0x12, 0x34, 0x40, 0,  255,  112,  0,    0,
                  192,  0,    2, 10, 224,  0,    0,    18, 0x21, 0x33, 0x64, 0x01});
}

Bytes changed(std::size_t offset, int value) {
    Bytes result = packet();
    result[offset] = static_cast<std::byte>(value);
    return result;
}

Bytes message_of(const IpPacket& decoded) {
    return {decoded.message.begin(), decoded.message.end()};
}

}  // namespace

TEST_CASE("an IP packet is taken apart into its context and the VRRP message", "[net]") {
    const Bytes received = packet();

    const auto decoded = decode_ip_packet(received);

    REQUIRE(decoded);
    CHECK(decoded->context.source == vrrp::IpAddress(192, 0, 2, 10));
    CHECK(decoded->context.destination == vrrp::IpAddress(224, 0, 0, 18));
    CHECK(decoded->context.ttl == 255);
    CHECK(message_of(*decoded) == bytes({0x21, 0x33, 0x64, 0x01}));
}

TEST_CASE("bytes beyond the total length of a packet are padding", "[net]") {
    Bytes received = packet();
    received.resize(46);

    const auto decoded = decode_ip_packet(received);

    REQUIRE(decoded);
    CHECK(message_of(*decoded) == bytes({0x21, 0x33, 0x64, 0x01}));
    CHECK(Bytes(decoded->whole.begin(), decoded->whole.end()) == packet());
}

TEST_CASE("options of the IP header do not belong to the message", "[net]") {
    Bytes received = changed(0, 0x46);
    received[3] = std::byte{28};
    received.insert(received.begin() + 20, 4, std::byte{1});

    const auto decoded = decode_ip_packet(received);

    REQUIRE(decoded);
    CHECK(message_of(*decoded) == bytes({0x21, 0x33, 0x64, 0x01}));
}

TEST_CASE("a packet is read as one of the wanted protocol only", "[net]") {
    const Bytes received = changed(9, authentication_protocol);

    CHECK(decode_ip_packet(received, authentication_protocol));
    CHECK_FALSE(decode_ip_packet(received));
    CHECK_FALSE(decode_ip_packet(packet(), authentication_protocol));
}

TEST_CASE("a packet may end with its header", "[net]") {
    const Bytes received = changed(3, 20);

    const auto decoded = decode_ip_packet(received);

    REQUIRE(decoded);
    CHECK(decoded->message.empty());
}

TEST_CASE("a packet whose IP header makes no sense is passed over", "[net]") {
    const auto received = GENERATE(changed(0, 0x65),  // version 6
                                   changed(0, 0x44),  // header of 16 bytes
                                   changed(0, 0x47),  // header longer than the packet
                                   changed(3, 19),    // total shorter than the header
                                   changed(3, 25),    // total longer than what arrived
                                   changed(6, 0x20),  // more fragments
                                   changed(7, 1),     // fragment offset
                                   changed(9, 17));   // another protocol

    CHECK_FALSE(decode_ip_packet(received));
}

TEST_CASE("no part of a packet's header is a packet", "[net]") {
    const Bytes received = packet();
    const auto size = GENERATE(range<std::size_t>(0, 24));

    CHECK_FALSE(decode_ip_packet(std::span(received).first(size)));
}

}  // namespace net::test
