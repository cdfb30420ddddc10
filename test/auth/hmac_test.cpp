#include "auth/hmac.hpp"
#include "bytes.hpp"
#include "catch2.hpp"

#include <array>
#include <utility>

namespace auth {

namespace {

struct Vector {
    Bytes key;
    Bytes data;
    std::string hmac;
};

std::string hmac_of(Hash hash, const Bytes& key, const Bytes& data) {
    const auto hmac = Hmac::create(hash, key);
    REQUIRE(hmac.has_value());
    std::array<std::byte, 32> tag;
    const auto used = std::span(tag).first(hash == Hash::md5 ? 16 : 32);
    REQUIRE(hmac->compute({data}, used));
    return to_hex(used);
}

}  // namespace

TEST_CASE("HMAC-SHA256 gives the values of RFC 4231", "[auth]") {
    const Vector vector = GENERATE(
        Vector{Bytes(20, std::byte{0x0b}), from_text("Hi There"),
               "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        Vector{from_text("Jefe"), from_text("what do ya want for nothing?"),
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        Vector{Bytes(20, std::byte{0xaa}), Bytes(50, std::byte{0xdd}),
               "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        Vector{counting(1, 25), Bytes(50, std::byte{0xcd}),
               "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
        Vector{Bytes(131, std::byte{0xaa}),
               from_text("Test Using Larger Than Block-Size Key - Hash Key First"),
               "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        Vector{Bytes(131, std::byte{0xaa}),
               from_text("This is a test using a larger than block-size key and a larger than "
                         "block-size data. The key needs to be hashed before being used by the "
                         "HMAC algorithm."),
               "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"});

    CHECK(hmac_of(Hash::sha256, vector.key, vector.data) == vector.hmac);
}

TEST_CASE("HMAC-MD5 gives the values of RFC 2202", "[auth]") {
    const Vector vector = GENERATE(
        Vector{Bytes(16, std::byte{0x0b}), from_text("Hi There"),
               "9294727a3638bb1c13f48ef8158bfc9d"},
        Vector{from_text("Jefe"), from_text("what do ya want for nothing?"),
               "750c783e6ab0b503eaa86e310a5db738"},
        Vector{Bytes(16, std::byte{0xaa}), Bytes(50, std::byte{0xdd}),
               "56be34521d144c88dbb8c733f0e8b3f6"},
        Vector{counting(1, 25), Bytes(50, std::byte{0xcd}), "697eaf0aca3a3aea3a75164746ffaa79"},
        Vector{Bytes(80, std::byte{0xaa}),
               from_text("Test Using Larger Than Block-Size Key - Hash Key First"),
               "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"},
        Vector{Bytes(80, std::byte{0xaa}),
               from_text("Test Using Larger Than Block-Size Key and Larger Than One Block-Size "
                         "Data"),
               "6f630fad67cda0ee1fb1f562db3aa53e"});

    CHECK(hmac_of(Hash::md5, vector.key, vector.data) == vector.hmac);
}

TEST_CASE("a key may be empty", "[auth]") {
    CHECK(hmac_of(Hash::md5, {}, {}) == "74e6f7298a9c2d168935f58c001bad88");
    CHECK(hmac_of(Hash::sha256, {}, {}) ==
          "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("parts are signed as if they were one, and a key signs again and again", "[auth]") {
    auto created = Hmac::create(Hash::sha256, from_text("Jefe"));
    REQUIRE(created.has_value());
    const Hmac hmac = std::move(*created);
    const Bytes begin = from_text("what do ya want ");
    const Bytes end = from_text("for nothing?");
    std::array<std::byte, 16> other;
    REQUIRE(hmac.compute({begin}, other));

    std::array<std::byte, 16> tag;
    REQUIRE(hmac.compute({begin, {}, end}, tag));

    CHECK(to_hex(tag) == "5bdcc146bf60754e6a042426089575c7");
    CHECK_FALSE(is_equal(tag, other));
}

TEST_CASE("tags are equal when every byte and the length are", "[auth]") {
    const Bytes tag = counting(0, 16);
    CHECK(is_equal(tag, counting(0, 16)));
    CHECK(is_equal({}, {}));
    CHECK_FALSE(is_equal(tag, std::span(tag).first(15)));
    for (std::size_t index = 0; index < tag.size(); ++index) {
        Bytes other = tag;
        other[index] ^= std::byte{0x80};
        CHECK_FALSE(is_equal(tag, other));
    }
}

}  // namespace auth
