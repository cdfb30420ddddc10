#include "auth/trailer.hpp"
#include "bytes.hpp"
#include "catch2.hpp"

#include <chrono>

namespace auth {

using namespace std::chrono_literals;

namespace {

struct Image {
    std::string message;
    std::string trailer;
    vrrp::IpAddress sender;
    Bytes key;
};

const vrrp::IpAddress link_local =
    vrrp::IpAddress::from_bytes(vrrp::Family::ipv6, from_hex("fe80000000000000 0000000000000010"));

// The first two are the wire images of draft-cassen-vrrp-auth-hmac (version 3, 198.51.100.10 and
// fe80::10, key id 1); the third, of version 2 with a password, was computed with Python's hmac.
const Image images[] = {
    {"3133c80100644402 c0000264", "01010000 6800000080000000 1b84bc4e8e43892dc6d98448f8ee2265",
     vrrp::IpAddress(198, 51, 100, 10), counting(0, 32)},
    {"3133c8010064a2e9 fe800000000000000000000000000100",
     "01010000 6800000080000000 c8c56146ebfd66ee10ec4d8186461b78", link_local, counting(0, 32)},
    {"213364020101916a c00002fec00002fd 3131313100000000",
     "01070000 66f2a5008000ffff af961bea6aa136e167e785563c540c38", vrrp::IpAddress(192, 0, 2, 1),
     counting(0, 64)},
};

}  // namespace

TEST_CASE("a trailer is read and written as keepalived has it", "[auth]") {
    const Bytes bytes = from_hex("0107000066f2a5008000ffff000102030405060708090a0b0c0d0e0f");

    const auto trailer = decode_trailer(bytes);

    REQUIRE(trailer.has_value());
    CHECK(trailer->key_id == 7);
    CHECK(trailer->sequence == 0x66f2a5008000ffff);
    CHECK(to_hex(trailer->hmac) == "000102030405060708090a0b0c0d0e0f");
    Bytes written(trailer_size, std::byte{0xff});
    encode_trailer(*trailer, written);
    CHECK(written == bytes);
}

TEST_CASE("bytes that are no trailer are not read as one", "[auth]") {
    const Bytes good = from_hex(images[0].trailer);
    REQUIRE(decode_trailer(good).has_value());

    SECTION("too short") {
        CHECK_FALSE(decode_trailer(std::span(good).first(27)));
    }
    SECTION("none") {
        CHECK_FALSE(decode_trailer({}));
    }
    SECTION("too long") {
        Bytes longer = good;
        longer.push_back(std::byte{0});
        CHECK_FALSE(decode_trailer(longer));
    }
    SECTION("another type") {
        Bytes other = good;
        other[0] = std::byte{2};
        CHECK_FALSE(decode_trailer(other));
    }
    SECTION("reserved bytes used") {
        const std::size_t index = GENERATE(2U, 3U);
        Bytes other = good;
        other[index] = std::byte{1};
        CHECK_FALSE(decode_trailer(other));
    }
}

TEST_CASE("a trailer's HMAC is that of the published wire images", "[auth]") {
    for (const Image& image : images) {
        const auto trailer = decode_trailer(from_hex(image.trailer));
        const auto key = Hmac::create(Hash::sha256, image.key);
        REQUIRE((trailer && key));

        const auto hmac = trailer_hmac(*key, *trailer, from_hex(image.message), image.sender);

        REQUIRE(hmac.has_value());
        CHECK(to_hex(*hmac) == to_hex(trailer->hmac));
    }
}

TEST_CASE("an HMAC covers all but the checksum and the HMAC itself", "[auth]") {
    const Image& image = images[1];
    const Bytes message = from_hex(image.message);
    const auto trailer = decode_trailer(from_hex(image.trailer));
    const auto key = Hmac::create(Hash::sha256, image.key);
    REQUIRE((trailer && key));
    const auto hmac = trailer_hmac(*key, *trailer, message, image.sender);

    for (std::size_t index = 0; index < message.size(); ++index) {
        Bytes changed = message;
        changed[index] ^= std::byte{0x10};
        const bool is_checksum = index == 6 || index == 7;
        CHECK((trailer_hmac(*key, *trailer, changed, image.sender) == hmac) == is_checksum);
    }
    Trailer changed = *trailer;
    changed.hmac = {};
    CHECK(trailer_hmac(*key, changed, message, image.sender) == hmac);
    changed.key_id = 2;
    CHECK(trailer_hmac(*key, changed, message, image.sender) != hmac);
    changed = *trailer;
    ++changed.sequence;
    CHECK(trailer_hmac(*key, changed, message, image.sender) != hmac);
    CHECK(trailer_hmac(*key, *trailer, message, vrrp::IpAddress(198, 51, 100, 10)) != hmac);
    const auto no_address = vrrp::IpAddress::from_bytes(vrrp::Family::ipv6, Bytes(16));
    CHECK(trailer_hmac(*key, *trailer, message, vrrp::IpAddress()) !=
          trailer_hmac(*key, *trailer, message, no_address));
}

TEST_CASE("a sequence number is the time of day in 1/65536 s", "[auth]") {
    const WallTime time{std::chrono::seconds(0x66f2a500) + 500ms};

    CHECK(sequence_at(time) == 0x66f2a500'8000'0000);
    CHECK(sequence_at(WallTime{}) == 0);
    CHECK(sequence_at(time + 15us) == 0x66f2a500'8000'0000);  // less than 1/65536 s
    CHECK(sequence_at(time + 16us) == 0x66f2a500'8001'0000);
    CHECK(sequence_at(WallTime{-250ms}) == 0xffffffff'c000'0000);
    CHECK(sequence_at(WallTime{std::chrono::seconds(0x1'0000'0001)}) == 0x00000001'0000'0000);
}

TEST_CASE("sequence numbers are ordered across the wrap of their seconds", "[auth]") {
    CHECK(is_after(2, 1));
    CHECK_FALSE(is_after(1, 1));
    CHECK_FALSE(is_after(1, 2));
    CHECK(is_after(0, 0xffffffff'ffff'ffff));
    CHECK_FALSE(is_after(0xffffffff'ffff'ffff, 0));
    CHECK(seconds_ahead(0x00000002'0000'0000, 0xffffffff'ffff'0000) == 3s);
    CHECK(seconds_ahead(0xffffffff'ffff'0000, 0x00000002'0000'0000) == -3s);
    CHECK(seconds_ahead(0x00000005'0000'0000, 0x00000005'ffff'0000) == 0s);
}

}  // namespace auth
