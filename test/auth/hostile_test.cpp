#include "auth/authentication_header.hpp"
#include "auth/authenticator.hpp"
#include "bytes.hpp"
#include "catch2.hpp"

#include <random>
#include <utility>

namespace auth {

namespace {

constexpr int rounds = 20'000;

Bytes random_bytes(std::mt19937& random, std::size_t longest) {
    Bytes bytes(random() % (longest + 1));
    for (std::byte& byte : bytes) {
        byte = static_cast<std::byte>(random());
    }
    return bytes;
}

/// Changes, cuts or lengthens; what comes out always differs from what went in.
Bytes mutate(std::mt19937& random, Bytes bytes) {
    const Bytes original = bytes;
    while (bytes == original) {
        switch (random() % 3) {
            case 0: bytes.resize(random() % (bytes.size() + 8)); break;
            default:
                for (auto left = random() % 4; left > 0 && !bytes.empty(); --left) {
                    bytes[random() % bytes.size()] = static_cast<std::byte>(random());
                }
        }
    }
    return bytes;
}

}  // namespace

TEST_CASE("no random bytes pass for a trailer", "[auth]") {
    std::mt19937 random(1);
    auto receiver = Authenticator::create(
        {.keys = {{.id = 1, .secret = counting(0, 32)}}, .replay = Replay::monotonic}, {});
    REQUIRE(receiver.has_value());
    int passed = 0;

    for (int round = 0; round < rounds; ++round) {
        Bytes payload = random_bytes(random, 64);
        if (payload.size() == 8 + trailer_size) {
            payload[8] = payload[9] = std::byte{1};  // as far as the HMAC
            payload[10] = payload[11] = std::byte{0};
        }
        const std::size_t message_size = payload.size() == 8 + trailer_size ? 8 : random() % 80;
        passed += receiver->check(payload, message_size, {}, WallTime{}).has_value() ? 1 : 0;
    }

    CHECK(passed == 0);
}

TEST_CASE("no mutation of a signed advert passes, but for its checksum", "[auth]") {
    std::mt19937 random(2);
    auto receiver = Authenticator::create(
        {.keys = {{.id = 1, .secret = counting(0, 32)}}, .replay = Replay::monotonic}, {});
    REQUIRE(receiver.has_value());
    const Bytes advert = from_hex(
        "3133c80100644402c0000264 010100006800000080000000"
        "1b84bc4e8e43892dc6d98448f8ee2265");
    const vrrp::PacketContext packet{.source = vrrp::IpAddress(198, 51, 100, 10)};
    REQUIRE(receiver->check(advert, 12, packet, WallTime{}).has_value());
    int passed = 0;

    for (int round = 0; round < rounds; ++round) {
        Bytes changed = mutate(random, advert);
        if (changed.size() >= 8) {
            changed[6] = advert[6];
            changed[7] = advert[7];
        }
        const bool is_changed = changed != advert;
        passed += is_changed && receiver->check(changed, 12, packet, WallTime{}) ? 1 : 0;
    }

    CHECK(passed == 0);
}

TEST_CASE("no random or mutated packet passes the authentication header", "[auth]") {
    std::mt19937 random(3);
    const auto receiver = AuthenticationHeader::create(
        {std::byte{'1'}, std::byte{'1'}, std::byte{'1'}, std::byte{'1'}});
    REQUIRE(receiver.has_value());
    const Bytes good = from_hex(
        "45c000400001 0000ff3318b6 c0000201 e0000012"
        "70040000 c0000201 00000001 f911bff2c6f3af9be158b141"
        "213364010201b5cb c00002fe 0000000000000000");
    REQUIRE(receiver->open(good).has_value());
    int passed = 0;

    for (int round = 0; round < rounds; ++round) {
        passed += receiver->open(random_bytes(random, 100)) ? 1 : 0;
        const Bytes changed = mutate(random, good);
        if (const auto opened = receiver->open(changed)) {
            // Only what the way may change was changed, or bytes were put behind it.
            const Bytes message(opened->message.begin(), opened->message.end());
            passed += message != Bytes(good.begin() + 44, good.end()) ? 1 : 0;
            passed += opened->context.ttl != 255 ? 1 : 0;
        }
    }

    CHECK(passed == 0);
}

}  // namespace auth
