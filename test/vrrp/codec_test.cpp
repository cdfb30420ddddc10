#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "catch2.hpp"
#include "vrrp/bench.hpp"
#include "vrrp/messages.hpp"

namespace vrrp::test {

TEST_CASE("a recorded advertisement is read as it was meant", "[vrrp]") {
    const Bytes message = bytes_of(plain);

    const auto advertisement = decode(message, usual_packet);

    REQUIRE(advertisement);
    CHECK(advertisement->version == Version::v2);
    CHECK(advertisement->virtual_router_id == 51);
    CHECK(advertisement->priority == 100);
    CHECK(advertisement->interval == Centiseconds(100));
    CHECK(advertisement->auth_type == AuthType::none);
    CHECK(advertisement->password == Password{});
    REQUIRE(advertisement->addresses.size() == 1);
    CHECK(advertisement->addresses[0] == IpAddress(192, 0, 2, 254));
}

TEST_CASE("priority 0 is read and written like any other", "[vrrp]") {
    const Bytes message = bytes_of(farewell);

    const auto advertisement = decode(message, usual_packet);

    REQUIRE(advertisement);
    CHECK(advertisement->priority == 0);
    CHECK(encoded(*advertisement) == message);
}

TEST_CASE("a password is read with its padding", "[vrrp]") {
    const Bytes message = bytes_of(with_password);

    const auto advertisement = decode(message, usual_packet);

    REQUIRE(advertisement);
    CHECK(advertisement->password == password_of("secret"));
}

TEST_CASE("recorded packets are written back byte for byte", "[vrrp]") {
    for (const auto hex : {plain, farewell, with_password}) {
        const Bytes message = bytes_of(hex);

        const auto advertisement = decode(message, usual_packet);

        REQUIRE(advertisement);
        CHECK(encoded(*advertisement) == message);
    }
}

TEST_CASE("the checksum of a recorded packet stands alone", "[vrrp]") {
    for (const auto hex : {plain, farewell, with_password}) {
        Bytes message = bytes_of(hex);

        mend_checksum(message);

        CHECK(message == bytes_of(hex));
    }
}

TEST_CASE("255 addresses survive the wire in their order", "[vrrp]") {
    std::array<std::byte, 255 * 4> addresses{};
    for (std::size_t i = 0; i < 255; ++i) {
        addresses[i * 4] = std::byte{10};
        addresses[i * 4 + 3] = static_cast<std::byte>(i);
    }
    Advertisement advertisement;
    advertisement.virtual_router_id = 255;
    advertisement.priority = 255;
    advertisement.interval = Centiseconds(25500);
    advertisement.addresses = AddressList(Family::ipv4, addresses);

    const Bytes message = encoded(advertisement);
    const auto read = decode(message, usual_packet);

    REQUIRE(message.size() == 16 + 255 * 4);
    REQUIRE(read);
    CHECK(read->virtual_router_id == 255);
    CHECK(read->priority == 255);
    CHECK(read->interval == Centiseconds(25500));
    CHECK(std::ranges::equal(read->addresses.bytes(), addresses));
}

// P-16. The checksum covers the authentication data too, so that no bit of a packet is free: what a
// flip does not make unreadable makes the sum wrong.
TEST_CASE("a packet with any single bit flipped is refused", "[vrrp]") {
    for (const auto hex : {plain, farewell, with_password}) {
        for (std::size_t bit = 0; bit < bytes_of(hex).size() * 8; ++bit) {
            Bytes message = bytes_of(hex);
            message[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);

            CAPTURE(hex, bit);
            CHECK(error_of(message));
        }
    }
}

// P-28: what stands in the authentication data of type 0 is ignored.
TEST_CASE("authentication data without an authentication type is ignored", "[vrrp]") {
    for (std::size_t index = 12; index < 20; ++index) {
        const Bytes message = with_byte(plain, index, 0xa5);

        const auto advertisement = decode(message, usual_packet);

        REQUIRE(advertisement);
        CHECK(advertisement->auth_type == AuthType::none);
        CHECK(advertisement->password == Password{});
        CHECK(encoded(*advertisement) == bytes_of(plain));
    }
}

// P-14. Each cut is a buffer of its own size, so that the sanitizer sees a read beyond it.
TEST_CASE("a packet that ends too early is refused", "[vrrp]") {
    for (const auto hex : {plain, farewell, with_password}) {
        const Bytes whole = bytes_of(hex);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const Bytes message(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));

            CAPTURE(hex, size);
            CHECK(error_of(message) == DecodeError::truncated);
        }
    }
}

TEST_CASE("an address count beyond the packet's end is refused", "[vrrp]") {
    for (unsigned count = 2; count < 256; ++count) {
        CAPTURE(count);
        CHECK(error_of(with_byte(plain, 3, count)) == DecodeError::truncated);
    }
}

// P-15: the shortest Ethernet frame carries 46 bytes, an IP header of 20 among them.
TEST_CASE("bytes after the message are ignored", "[vrrp]") {
    for (std::size_t padding = 1; padding <= 28; ++padding) {
        Bytes message = bytes_of(with_password);
        message.resize(message.size() + padding, std::byte{0xff});

        const auto advertisement = decode(message, usual_packet);

        REQUIRE(advertisement);
        CHECK(advertisement->password == password_of("secret"));
        CHECK(encoded(*advertisement) == bytes_of(with_password));
    }
}

// P-10
TEST_CASE("only versions 2 and 3 are spoken", "[vrrp]") {
    for (unsigned version = 0; version < 16; ++version) {
        const auto error = error_of(with_byte(plain, 0, version << 4 | 1));

        CAPTURE(version);
        CHECK(error ==
              (version == 2 || version == 3 ? std::nullopt : std::optional(DecodeError::version)));
    }
}

// P-11
TEST_CASE("only type 1 is an advertisement", "[vrrp]") {
    for (unsigned type = 0; type < 16; ++type) {
        const auto error = error_of(with_byte(plain, 0, 0x20 | type));

        CAPTURE(type);
        CHECK(error == (type == 1 ? std::nullopt : std::optional(DecodeError::type)));
    }
}

// P-12
TEST_CASE("virtual router id 0 is refused", "[vrrp]") {
    CHECK(error_of(with_byte(plain, 1, 0)) == DecodeError::router_id);
    CHECK_FALSE(error_of(with_byte(plain, 1, 1)));
    CHECK_FALSE(error_of(with_byte(plain, 1, 255)));
}

// P-23
TEST_CASE("in version 2 an advertisement without addresses survives the wire", "[vrrp]") {
    const Bytes recorded = bytes_of(plain);
    Advertisement sent = *decode(recorded, usual_packet);
    sent.addresses = AddressList(Family::ipv4, {});

    const Bytes message = encoded(sent);
    const auto read = decode(message, usual_packet);

    CHECK(message.size() == 16);
    REQUIRE(read);
    CHECK(read->addresses.size() == 0);
    CHECK(read->priority == 100);
}

// P-21
TEST_CASE("an interval of 0 is refused", "[vrrp]") {
    CHECK(error_of(with_byte(plain, 5, 0)) == DecodeError::interval);

    const Bytes longest = with_byte(plain, 5, 255);
    CHECK(decode(longest, usual_packet)->interval == Centiseconds(25500));
}

// P-27
TEST_CASE("an authentication type that RFC 2338 does not know is refused", "[vrrp]") {
    for (unsigned type = 3; type < 256; ++type) {
        CAPTURE(type);
        CHECK(error_of(with_byte(plain, 4, type)) == DecodeError::auth_type);
    }
    CHECK_FALSE(error_of(with_byte(plain, 4, 0)));
    CHECK_FALSE(error_of(with_byte(plain, 4, 1)));
    CHECK_FALSE(error_of(with_byte(plain, 4, 2)));
}

// P-02
TEST_CASE("a packet that came through a router is refused", "[vrrp]") {
    for (unsigned ttl = 0; ttl < 255; ++ttl) {
        PacketContext packet = usual_packet;
        packet.ttl = static_cast<std::uint8_t>(ttl);

        CAPTURE(ttl);
        CHECK(error_of(bytes_of(plain), packet) == DecodeError::ttl);
    }
}

TEST_CASE("the TTL is looked at before anything else", "[vrrp]") {
    PacketContext packet = usual_packet;
    packet.ttl = 254;

    CHECK(error_of({}, packet) == DecodeError::ttl);
}

TEST_CASE("every error has a text of its own", "[vrrp]") {
    std::vector<std::string_view> texts;
    for (int i = 0; i <= static_cast<int>(DecodeError::auth_type); ++i) {
        texts.push_back(to_text(static_cast<DecodeError>(i)));
    }

    CHECK(std::ranges::find(texts, "?") == texts.end());
    std::ranges::sort(texts);
    CHECK(std::ranges::adjacent_find(texts) == texts.end());
}

TEST_CASE("address lists are compared as sets", "[vrrp]") {
    const Bytes first = bytes_of("0a000001 0a000002 0a000003");
    const Bytes turned = bytes_of("0a000003 0a000001 0a000002");
    const Bytes shorter = bytes_of("0a000001 0a000002");
    const Bytes other = bytes_of("0a000001 0a000002 0a000004");
    const Bytes doubled = bytes_of("0a000001 0a000002 0a000002");
    const auto list = [](const Bytes& bytes) { return AddressList(Family::ipv4, bytes); };

    CHECK(list(first).is_same_set(list(first)));
    CHECK(list(first).is_same_set(list(turned)));
    CHECK_FALSE(list(first).is_same_set(list(shorter)));
    CHECK_FALSE(list(first).is_same_set(list(other)));
    CHECK_FALSE(list(first).is_same_set(list(doubled)));
    CHECK_FALSE(list(doubled).is_same_set(list(first)));
    CHECK(AddressList().is_same_set(AddressList()));
}

}  // namespace vrrp::test
