#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "catch2.hpp"
#include "vrrp/messages.hpp"

// Version 3 on the wire, over IPv4 with both forms of the checksum and over IPv6.
namespace vrrp::test {

namespace {

bool is_ipv6(const Recorded& recorded) {
    return recorded.packet.source.family() == Family::ipv6;
}

}  // namespace

// P-17, P-18, P-22, P-24, P-26, P-32: the layout, the checksums, the order of the addresses.
TEST_CASE("recorded packets of version 3 are read as they were meant", "[vrrp]") {
    for (const Recorded& recorded : third_recorded) {
        const Bytes message = bytes_of(recorded.hex);

        const auto advertisement = decode(message, recorded.packet);

        CAPTURE(recorded.hex);
        REQUIRE(advertisement);
        CHECK(advertisement->version == Version::v3);
        CHECK(advertisement->virtual_router_id == 51);
        CHECK(advertisement->priority == 100);
        CHECK(advertisement->interval == Centiseconds(100));
        CHECK(advertisement->auth_type == AuthType::none);
        CHECK(advertisement->password == Password{});
        CHECK(advertisement->checksum_form == recorded.form);
        CHECK(advertisement->addresses.family() == recorded.packet.source.family());
        REQUIRE(advertisement->addresses.size() == (is_ipv6(recorded) ? 2 : 1));
        CHECK(advertisement->addresses[0] == (is_ipv6(recorded)
                                                  ? IpAddress({0xfe80, 0, 0, 0, 0, 0, 0, 0x51})
                                                  : IpAddress(192, 0, 2, 254)));
    }
    const Bytes message = bytes_of(third_6);
    CHECK(decode(message, packet_6)->addresses[1] ==
          IpAddress({0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x254}));
}

// P-17, P-18, P-22, P-24, P-26, P-32
TEST_CASE("recorded packets of version 3 are written back byte for byte", "[vrrp]") {
    for (const Recorded& recorded : third_recorded) {
        const Bytes message = bytes_of(recorded.hex);

        const auto advertisement = decode(message, recorded.packet);

        CAPTURE(recorded.hex);
        REQUIRE(advertisement);
        CHECK(message_size(*advertisement) == message.size());
        CHECK(encoded(*advertisement, recorded.packet) == message);
    }
}

// P-17, P-18: the sums of the records stand for themselves.
TEST_CASE("the checksum of a recorded packet of version 3 stands alone", "[vrrp]") {
    for (const Recorded& recorded : third_recorded) {
        Bytes message = bytes_of(recorded.hex);

        mend_checksum(message, recorded.pseudo_header());

        CHECK(message == bytes_of(recorded.hex));
    }
}

// P-32: the destination that the packet really had.
TEST_CASE("a pseudo-header of another packet makes the checksum wrong", "[vrrp]") {
    CHECK(error_of(bytes_of(third_unicast), usual_packet) == DecodeError::checksum);
    CHECK(error_of(bytes_of(third_pseudo), unicast_packet) == DecodeError::checksum);
    CHECK_FALSE(error_of(bytes_of(third_plain), unicast_packet));

    PacketContext elsewhere = packet_6;
    elsewhere.source = IpAddress({0xfe80, 0, 0, 0, 0, 0, 0, 2});
    CHECK(error_of(bytes_of(third_6), elsewhere) == DecodeError::checksum);
}

// P-18: over IPv6 the message alone is no form.
TEST_CASE("over IPv6 a checksum without the pseudo-header is refused", "[vrrp]") {
    Bytes message = bytes_of(third_6);
    mend_checksum(message);

    CHECK(error_of(message, packet_6) == DecodeError::checksum);
}

// P-18
TEST_CASE("over IPv6 the checksum has the pseudo-header whatever form is asked for", "[vrrp]") {
    const Bytes message = bytes_of(third_6);
    auto advertisement = decode(message, packet_6);
    REQUIRE(advertisement);

    advertisement->checksum_form = ChecksumForm::message;

    CHECK(encoded(*advertisement, packet_6) == message);
}

// P-10, P-18
TEST_CASE("version 2 is not spoken over IPv6", "[vrrp]") {
    for (unsigned version = 0; version < 16; ++version) {
        const Bytes message = with_byte(third_6, 0, version << 4 | 1, &packet_6);

        CAPTURE(version);
        CHECK(error_of(message, packet_6) ==
              (version == 3 ? std::nullopt : std::optional(DecodeError::version)));
    }
}

// P-11
TEST_CASE("in version 3 only type 1 is an advertisement", "[vrrp]") {
    for (const Recorded& recorded : third_recorded) {
        for (unsigned type = 0; type < 16; ++type) {
            const Bytes message = with_byte(recorded.hex, 0, 0x30 | type, recorded.pseudo_header());

            CAPTURE(recorded.hex, type);
            CHECK(error_of(message, recorded.packet) ==
                  (type == 1 ? std::nullopt : std::optional(DecodeError::type)));
        }
    }
}

// P-12
TEST_CASE("in version 3 virtual router id 0 is refused", "[vrrp]") {
    for (const Recorded& recorded : third_recorded) {
        for (unsigned id = 0; id < 256; ++id) {
            const Bytes message = with_byte(recorded.hex, 1, id, recorded.pseudo_header());

            CAPTURE(recorded.hex, id);
            CHECK(error_of(message, recorded.packet) ==
                  (id > 0 ? std::nullopt : std::optional(DecodeError::router_id)));
        }
    }
}

// P-23, erratum 8299
TEST_CASE("in version 3 an advertisement without addresses is refused", "[vrrp]") {
    for (const Recorded& recorded : third_recorded) {
        const Bytes message = with_byte(recorded.hex, 3, 0, recorded.pseudo_header());

        CHECK(error_of(message, recorded.packet) == DecodeError::no_addresses);
    }
}

// P-14
TEST_CASE("in version 3 an address count beyond the packet's end is refused", "[vrrp]") {
    for (const Recorded& recorded : third_recorded) {
        for (unsigned count = is_ipv6(recorded) ? 3 : 2; count < 256; ++count) {
            const Bytes message = with_byte(recorded.hex, 3, count, recorded.pseudo_header());

            CAPTURE(recorded.hex, count);
            CHECK(error_of(message, recorded.packet) == DecodeError::truncated);
        }
    }
}

// P-14. Each cut is a buffer of its own size, so that the sanitizer sees a read beyond it.
TEST_CASE("a packet of version 3 that ends too early is refused", "[vrrp]") {
    for (const Recorded& recorded : third_recorded) {
        const Bytes whole = bytes_of(recorded.hex);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const Bytes message(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));

            CAPTURE(recorded.hex, size);
            CHECK(error_of(message, recorded.packet) == DecodeError::truncated);
        }
    }
}

// P-15: padding, or a trailer of 28 bytes.
TEST_CASE("in version 3 bytes after the message are ignored", "[vrrp]") {
    for (const Recorded& recorded : third_recorded) {
        for (std::size_t padding = 1; padding <= 28; ++padding) {
            Bytes message = bytes_of(recorded.hex);
            message.resize(message.size() + padding, std::byte{0xff});

            const auto advertisement = decode(message, recorded.packet);

            REQUIRE(advertisement);
            CHECK(encoded(*advertisement, recorded.packet) == bytes_of(recorded.hex));
        }
    }
}

// P-16, P-17, P-18: no bit of a message is free.
TEST_CASE("a packet of version 3 with any single bit flipped is refused", "[vrrp]") {
    for (const Recorded& recorded : third_recorded) {
        for (std::size_t bit = 0; bit < bytes_of(recorded.hex).size() * 8; ++bit) {
            Bytes message = bytes_of(recorded.hex);
            message[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);

            CAPTURE(recorded.hex, bit);
            CHECK(error_of(message, recorded.packet));
        }
    }
}

// P-19, erratum 8301; every value that twelve bits have, in network order.
TEST_CASE("an interval is read in network order, and 0 refused", "[vrrp]") {
    for (const Recorded& recorded : third_recorded) {
        for (unsigned interval = 0; interval < 4096; ++interval) {
            Bytes message = bytes_of(recorded.hex);
            message[4] = static_cast<std::byte>(interval >> 8);
            message[5] = static_cast<std::byte>(interval & 0xff);
            mend_checksum(message, recorded.pseudo_header());

            const auto advertisement = decode(message, recorded.packet);

            if (interval == 0) {
                CHECK(error_of(message, recorded.packet) == DecodeError::interval);
            } else if (!advertisement ||
                       advertisement->interval != Centiseconds(static_cast<int>(interval)) ||
                       encoded(*advertisement, recorded.packet) != message) {
                FAIL("interval " << interval);
            }
        }
    }
}

// P-22
TEST_CASE("the reserved bits are ignored when read and zero when written", "[vrrp]") {
    for (const Recorded& recorded : third_recorded) {
        for (unsigned reserved = 1; reserved < 16; ++reserved) {
            const Bytes message =
                with_byte(recorded.hex, 4, reserved << 4, recorded.pseudo_header());

            const auto advertisement = decode(message, recorded.packet);

            REQUIRE(advertisement);
            CHECK(advertisement->interval == Centiseconds(100));
            CHECK(encoded(*advertisement, recorded.packet) == bytes_of(recorded.hex));
        }
        const Bytes nothing_else = with_byte(recorded.hex, 5, 0, recorded.pseudo_header());
        CHECK(error_of(nothing_else, recorded.packet) == DecodeError::interval);
        Bytes reserved_only = nothing_else;
        reserved_only[4] = std::byte{0xf0};
        mend_checksum(reserved_only, recorded.pseudo_header());
        CHECK(error_of(reserved_only, recorded.packet) == DecodeError::interval);
    }
}

// P-02, P-04, P-32: the rule is for multicast; of unicast the settings say what may be.
TEST_CASE("a multicast packet that came through a router is refused", "[vrrp]") {
    for (const Recorded& recorded : third_recorded) {
        for (unsigned ttl = 0; ttl < 256; ++ttl) {
            PacketContext packet = recorded.packet;
            packet.ttl = static_cast<std::uint8_t>(ttl);
            const bool is_refused = packet.destination.is_multicast() && ttl != 255;

            CAPTURE(recorded.hex, ttl);
            CHECK(error_of(bytes_of(recorded.hex), packet) ==
                  (is_refused ? std::optional(DecodeError::ttl) : std::nullopt));
        }
    }
}

// P-26, max_message_size
TEST_CASE("255 IPv6 addresses survive the wire in their order", "[vrrp]") {
    std::array<std::byte, 255 * 16> addresses{};
    for (std::size_t i = 0; i < 255; ++i) {
        addresses[i * 16] = std::byte{0xfe};
        addresses[i * 16 + 1] = std::byte{0x80};
        addresses[i * 16 + 15] = static_cast<std::byte>(i);
    }
    Advertisement advertisement;
    advertisement.version = Version::v3;
    advertisement.virtual_router_id = 255;
    advertisement.priority = 255;
    advertisement.interval = Centiseconds(4095);
    advertisement.addresses = AddressList(Family::ipv6, addresses);

    const Bytes message = encoded(advertisement, packet_6);
    const auto read = decode(message, packet_6);

    REQUIRE(message.size() == max_message_size);
    REQUIRE(read);
    CHECK(read->interval == Centiseconds(4095));
    CHECK(std::ranges::equal(read->addresses.bytes(), addresses));
}

// V-07, P-24: the family is the packet's.
TEST_CASE("a message of one family means something else in the other", "[vrrp]") {
    CHECK(error_of(bytes_of(third_plain), packet_6) == DecodeError::truncated);
    CHECK(error_of(bytes_of(third_6), usual_packet) == DecodeError::checksum);
}

}  // namespace vrrp::test
