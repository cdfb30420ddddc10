#include "auth/authenticator.hpp"
#include "bytes.hpp"
#include "catch2.hpp"

#include <chrono>
#include <tuple>
#include <utility>
#include <vector>

namespace auth {

using namespace std::chrono_literals;

namespace {

const WallTime noon{std::chrono::seconds(0x68000000)};
const vrrp::IpAddress alice(192, 0, 2, 1);
const vrrp::IpAddress bob(192, 0, 2, 2);
const vrrp::IpAddress mallory(192, 0, 2, 66);
const Bytes message = from_hex("3133c80100644402c0000264");

Key key(std::uint8_t id) {
    return {.id = id, .secret = counting(id, 32)};
}

Authenticator make(const TrailerConfig& config, std::span<const vrrp::IpAddress> peers = {}) {
    auto authenticator = Authenticator::create(config, peers);
    REQUIRE(authenticator.has_value());
    return std::move(*authenticator);
}

std::string mistake(const TrailerConfig& config) {
    const auto authenticator = Authenticator::create(config, {});
    REQUIRE_FALSE(authenticator.has_value());
    return authenticator.error();
}

Bytes signed_by(Authenticator& sender, const vrrp::IpAddress& source, WallTime now) {
    Bytes buffer = message;
    buffer.resize(message.size() + sender.sent_size());
    const auto payload = sender.sign(buffer, message.size(), source, now);
    REQUIRE(payload.has_value());
    return {payload->begin(), payload->end()};
}

std::expected<Proof, AuthError> check(const Authenticator& receiver, const Bytes& payload,
                                      const vrrp::IpAddress& source, WallTime now) {
    const vrrp::PacketContext packet{
        .source = source, .destination = vrrp::IpAddress(224, 0, 0, 18), .ttl = 255};
    return receiver.check(payload, message.size(), packet, now);
}

bool is_accepted(Authenticator& receiver, const Bytes& payload, const vrrp::IpAddress& source,
                 WallTime now) {
    const auto proof = check(receiver, payload, source, now);
    if (proof) {
        receiver.accept(*proof);
    }
    return proof.has_value();
}

AuthError refusal(const Authenticator& receiver, const Bytes& payload,
                  const vrrp::IpAddress& source, WallTime now) {
    const auto proof = check(receiver, payload, source, now);
    REQUIRE_FALSE(proof.has_value());
    return proof.error();
}

const TrailerConfig one_key{.keys = {key(1)}, .active = 1};

}  // namespace

TEST_CASE("a signed advert is the published wire image", "[auth]") {
    Authenticator sender = make({.keys = {{.id = 1, .secret = counting(0, 32)}}});

    const Bytes payload = signed_by(sender, vrrp::IpAddress(198, 51, 100, 10), noon + 500ms);

    CHECK(to_hex(payload) ==
          "3133c80100644402c0000264"
          "010100006800000080000000"
          "1b84bc4e8e43892dc6d98448f8ee2265");
}

TEST_CASE("a signed advert is believed", "[auth]") {
    Authenticator sender = make(one_key);
    const Authenticator receiver = make(one_key);

    const auto proof = check(receiver, signed_by(sender, alice, noon), alice, noon);

    REQUIRE(proof.has_value());
    CHECK(proof->is_authenticated());
    CHECK(proof->clock_difference() == 0s);
}

TEST_CASE("an advert is refused for every bit that is changed on the way", "[auth]") {
    Authenticator sender = make(one_key);
    Authenticator receiver = make(one_key);
    const Bytes payload = signed_by(sender, alice, noon);

    for (std::size_t bit = 0; bit < payload.size() * 8; ++bit) {
        const bool is_checksum = bit / 8 == 6 || bit / 8 == 7;
        Bytes changed = payload;
        changed[bit / 8] ^= std::byte{1} << (bit % 8);
        INFO("bit " << bit);
        CHECK(check(receiver, changed, alice, noon).has_value() == is_checksum);
    }
    CHECK(is_accepted(receiver, payload, alice, noon));
}

TEST_CASE("an advert is believed of its own sender and with its own secret only", "[auth]") {
    Authenticator sender = make(one_key);
    const Bytes payload = signed_by(sender, alice, noon);

    CHECK(refusal(make(one_key), payload, bob, noon) == AuthError::wrong_hmac);
    CHECK(refusal(make({.keys = {{.id = 1, .secret = counting(2, 32)}}}), payload, alice, noon) ==
          AuthError::wrong_hmac);
    CHECK(refusal(make({.keys = {key(2)}, .active = 2}), payload, alice, noon) ==
          AuthError::unknown_key);
}

TEST_CASE("each mode sends and demands what it says", "[auth]") {
    const auto [mode, sends, demands] =
        GENERATE(std::tuple(Mode::enforce, true, true), std::tuple(Mode::permissive, true, false),
                 std::tuple(Mode::receive_only, false, false));
    TrailerConfig config = one_key;
    config.mode = mode;
    Authenticator ours = make(config);
    Authenticator signer = make(one_key);

    CHECK(ours.sent_size() == (sends ? trailer_size : 0));
    CHECK(signed_by(ours, alice, noon).size() == message.size() + (sends ? trailer_size : 0));
    const auto bare = check(ours, message, bob, noon);
    if (demands) {
        CHECK(refusal(ours, message, bob, noon) == AuthError::missing);
    } else {
        REQUIRE(bare.has_value());
        CHECK_FALSE(bare->is_authenticated());
        ours.accept(*bare);
    }
    Bytes payload = signed_by(signer, bob, noon);
    CHECK(check(ours, payload, bob, noon).has_value());
    payload.back() ^= std::byte{1};
    CHECK(refusal(ours, payload, bob, noon) == AuthError::wrong_hmac);
}

TEST_CASE("the steps from nothing to enforcing each stand beside their neighbours", "[auth]") {
    const auto first = GENERATE(Mode::receive_only, Mode::permissive);
    TrailerConfig config = one_key;
    config.mode = first;
    Authenticator before = make(config);
    config.mode = first == Mode::receive_only ? Mode::permissive : Mode::enforce;
    Authenticator after = make(config);

    CHECK(is_accepted(before, signed_by(after, bob, noon), bob, noon));
    CHECK(is_accepted(after, signed_by(before, alice, noon), alice, noon));
}

TEST_CASE("what stands behind the message is a whole trailer or nothing", "[auth]") {
    const Mode mode = GENERATE(Mode::enforce, Mode::permissive, Mode::receive_only);
    TrailerConfig config = one_key;
    config.mode = mode;
    const Authenticator receiver = make(config);
    Authenticator sender = make(one_key);
    const Bytes payload = signed_by(sender, alice, noon);

    for (std::size_t size = message.size() + 1; size < payload.size(); ++size) {
        const Bytes cut(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(size));
        CHECK(refusal(receiver, cut, alice, noon) == AuthError::malformed);
    }
    Bytes longer = payload;
    longer.push_back(std::byte{0});
    CHECK(refusal(receiver, longer, alice, noon) == AuthError::malformed);
    const vrrp::PacketContext packet{.source = alice};
    CHECK_FALSE(receiver.check(payload, payload.size() + 1, packet, noon).has_value());
    CHECK_FALSE(receiver.check(payload, 7, packet, noon).has_value());
    CHECK_FALSE(receiver.check({}, 0, packet, noon).has_value());
}

TEST_CASE("keys are exchanged without an advert refused", "[auth]") {
    Authenticator sender = make(one_key);
    Authenticator receiver = make(one_key);
    const TrailerConfig both{.keys = {key(1), key(2)}, .active = 1};
    const TrailerConfig switched{.keys = {key(1), key(2)}, .active = 2};
    const TrailerConfig only_new{.keys = {key(2)}, .active = 2};
    WallTime now = noon;
    const auto exchange = [&] {
        now += 1s;
        CHECK(is_accepted(receiver, signed_by(sender, alice, now), alice, now));
        CHECK(is_accepted(sender, signed_by(receiver, bob, now), bob, now));
    };

    exchange();
    for (const TrailerConfig& config : {both, switched, only_new}) {
        REQUIRE(receiver.reconfigure(config, {}).has_value());
        exchange();
        REQUIRE(sender.reconfigure(config, {}).has_value());
        exchange();
    }

    Authenticator old = make(one_key);
    CHECK(refusal(receiver, signed_by(old, alice, now + 1s), alice, now + 1s) ==
          AuthError::unknown_key);
}

TEST_CASE("a mistake in a new config leaves the old one at work", "[auth]") {
    Authenticator sender = make(one_key);
    Authenticator receiver = make(one_key);
    const Bytes first = signed_by(sender, alice, noon);
    REQUIRE(is_accepted(receiver, first, alice, noon));

    CHECK_FALSE(receiver.reconfigure({}, {}).has_value());

    CHECK(refusal(receiver, first, alice, noon) == AuthError::replayed);
    CHECK(is_accepted(receiver, signed_by(sender, alice, noon + 1s), alice, noon + 1s));
}

TEST_CASE("a config that breaks a rule is told without its secrets", "[auth]") {
    CHECK(mistake({}) == "no key with the active id 1");
    CHECK(mistake({.keys = {key(1)}, .active = 2}) == "no key with the active id 2");
    CHECK(mistake({.keys = {key(0)}, .active = 0}) == "key id 0; ids are 1 to 255");
    CHECK(mistake({.keys = {key(1), key(1)}}) == "two keys with the id 1");
    CHECK(mistake({.keys = {{.id = 1, .secret = counting(0, 31)}}}) ==
          "key 1 has 31 bytes; a key has 32 to 64");
    CHECK(mistake({.keys = {{.id = 1, .secret = counting(0, 65)}}}) ==
          "key 1 has 65 bytes; a key has 32 to 64");
    CHECK(mistake({.keys = {key(1)}, .window = 0s}) == "a window of 0 s; it is 1 to 300");
    CHECK(mistake({.keys = {key(1)}, .window = 301s}) == "a window of 301 s; it is 1 to 300");
    CHECK(Authenticator::create({.keys = {key(255)}, .active = 255, .window = 300s}, {}));
}

TEST_CASE("the window is three intervals, at least five seconds", "[auth]") {
    CHECK(default_window(1s) == 5s);
    CHECK(default_window(2s) == 6s);
    CHECK(default_window(2500ms) == 8s);
    CHECK(default_window(10ms) == 5s);
}

TEST_CASE("every refusal has a text of its own", "[auth]") {
    for (int one = 0; one < auth_error_count; ++one) {
        for (int other = 0; other < one; ++other) {
            CHECK(to_text(static_cast<AuthError>(one)) != to_text(static_cast<AuthError>(other)));
        }
    }
}

TEST_CASE("with unicast only peers may sign", "[auth]") {
    const std::vector peers{alice, bob};
    TrailerConfig config = one_key;
    config.mode = Mode::permissive;
    Authenticator sender = make(one_key);
    const Authenticator receiver = make(config, peers);

    CHECK(check(receiver, signed_by(sender, alice, noon), alice, noon).has_value());
    CHECK(refusal(receiver, signed_by(sender, mallory, noon), mallory, noon) ==
          AuthError::unknown_sender);
    CHECK(check(receiver, message, mallory, noon).has_value());  // nothing here to refuse
}

}  // namespace auth
