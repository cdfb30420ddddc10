#include "auth/authentication_header.hpp"
#include "bytes.hpp"
#include "catch2.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <tuple>
#include <utility>

namespace auth {

using namespace std::chrono_literals;

namespace {

const WallTime epoch{};  // the sequence numbers of a clock at 0 are counted from 1
const vrrp::IpAddress alice(192, 0, 2, 1);
const vrrp::IpAddress bob(192, 0, 2, 2);
const vrrp::IpAddress group(224, 0, 0, 18);

// Two packets of keepalived 2.2.7 as tcpdump saw them: to the group with the key "1111", and to one
// peer with the key "secret78".
const Bytes to_group = from_hex(
    "45c000400001 0000ff3318b6 c0000201 e0000012"
    "70040000 c0000201 00000001 f911bff2c6f3af9be158b141"
    "213364010201b5cb c00002fe 0000000000000000");
const Bytes to_peer = from_hex(
    "45c000400001 0000ff3336c6 c0000201 c0000202"
    "70040000 c0000201 00000001 65245ad8f1bab710fcd6eca7"
    "213464010201b5cb c00002fd 0000000000000000");
constexpr std::size_t headers_size = ipv4_header_size + authentication_header_size;

vrrp::Password password(std::string_view text) {
    vrrp::Password password{};
    std::ranges::copy(from_text(text), password.begin());
    return password;
}

AuthenticationHeader make(std::string_view key = "1111") {
    auto header = AuthenticationHeader::create(password(key));
    REQUIRE(header.has_value());
    return std::move(*header);
}

Bytes packet_of(AuthenticationHeader& sender, const vrrp::IpAddress& source, WallTime now,
                const vrrp::IpAddress& destination = group) {
    std::array<std::byte, 128> buffer;
    const auto message = std::span(to_group).subspan(headers_size);
    const auto packet =
        sender.wrap(sender.next_advert(now), message,
                    {.source = source, .destination = destination, .ttl = 255}, buffer);
    REQUIRE(packet.has_value());
    return {packet->begin(), packet->end()};
}

AuthError refusal(const AuthenticationHeader& receiver, std::span<const std::byte> packet) {
    const auto opened = receiver.open(packet);
    REQUIRE_FALSE(opened.has_value());
    return opened.error();
}

bool is_accepted(AuthenticationHeader& receiver, std::span<const std::byte> packet) {
    const auto opened = receiver.open(packet);
    if (opened) {
        receiver.accept(opened->proof);
    }
    return opened.has_value();
}

std::uint32_t sequence_of(const Bytes& packet) {
    std::uint32_t sequence = 0;
    for (const std::byte byte : std::span(packet).subspan(28, 4)) {
        sequence = sequence << 8 | std::to_integer<std::uint32_t>(byte);
    }
    return sequence;
}

}  // namespace

TEST_CASE("a packet is, to the byte, the one that keepalived sends", "[auth]") {
    const auto [bytes, key, destination] =
        GENERATE(std::tuple(to_group, "1111", group), std::tuple(to_peer, "secret78", bob));
    AuthenticationHeader sender = make(key);
    const auto numbers = sender.next_advert(epoch);
    std::array<std::byte, 64> buffer;

    const auto packet =
        sender.wrap(numbers, std::span(bytes).subspan(headers_size),
                    {.source = alice, .destination = destination, .ttl = 255}, buffer);

    REQUIRE(packet.has_value());
    CHECK(to_hex(*packet) == to_hex(bytes));
}

TEST_CASE("a packet of keepalived's is opened", "[auth]") {
    const auto [bytes, key, destination] =
        GENERATE(std::tuple(to_group, "1111", group), std::tuple(to_peer, "secret78", bob));
    const AuthenticationHeader receiver = make(key);

    const auto opened = receiver.open(bytes);

    REQUIRE(opened.has_value());
    CHECK(opened->context.source == alice);
    CHECK(opened->context.destination == destination);
    CHECK(opened->context.ttl == 255);
    CHECK(to_hex(opened->message) == to_hex(std::span(bytes).subspan(headers_size)));
    CHECK(opened->proof.is_authenticated());
}

TEST_CASE("what the way may change does not matter, and everything else does", "[auth]") {
    const Bytes bytes = GENERATE(to_group, to_peer);
    const bool is_unicast = bytes == to_peer;
    const AuthenticationHeader receiver = make(is_unicast ? "secret78" : "1111");

    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        const std::size_t byte = bit / 8;
        const bool is_dont_fragment = bit == 6 * 8 + 6 || bit == 6 * 8 + 7;  // and the reserved one
        const bool is_mutable =
            byte == 1 || byte == 10 || byte == 11 || is_dont_fragment || (byte == 8 && is_unicast);
        Bytes changed = bytes;
        changed[byte] ^= std::byte{1} << (bit % 8);
        INFO("byte " << byte << " bit " << bit % 8);
        CHECK(receiver.open(changed).has_value() == is_mutable);
    }
}

TEST_CASE("packets that are none of ours are malformed", "[auth]") {
    const AuthenticationHeader receiver = make();
    const auto change = [](std::size_t index, unsigned value) {
        Bytes changed = to_group;
        changed[index] = static_cast<std::byte>(value);
        return changed;
    };

    CHECK(refusal(receiver, {}) == AuthError::malformed);
    for (std::size_t size = 0; size < to_group.size(); ++size) {
        CHECK(refusal(receiver, std::span(to_group).first(size)) == AuthError::malformed);
    }
    CHECK(refusal(receiver, change(0, 0x65)) == AuthError::malformed);  // version 6
    CHECK(refusal(receiver, change(0, 0x44)) == AuthError::malformed);  // four words
    Bytes tiny = change(0, 0x41);  // one word, and all that follows is right
    tiny[4] = std::byte{112};
    tiny[5] = std::byte{4};
    CHECK(refusal(receiver, tiny) == AuthError::malformed);
    CHECK(refusal(receiver, change(3, 0x41)) == AuthError::malformed);  // longer than it is
    CHECK(refusal(receiver, change(3, 0x2b)) == AuthError::malformed);  // no room for the header
    CHECK(refusal(receiver, change(6, 0x20)) == AuthError::malformed);  // more fragments
    CHECK(refusal(receiver, change(7, 0x01)) == AuthError::malformed);  // a later fragment
    CHECK(refusal(receiver, change(9, 112)) == AuthError::malformed);   // plain VRRP
    CHECK(refusal(receiver, change(20, 6)) == AuthError::malformed);    // TCP inside
    CHECK(refusal(receiver, change(21, 5)) == AuthError::malformed);    // a longer value
    CHECK(refusal(receiver, change(0, 0x4f)) == AuthError::malformed);  // options, no room
    CHECK(refusal(receiver, change(63, 1)) == AuthError::wrong_hmac);   // the message
    CHECK(refusal(make("1112"), to_group) == AuthError::wrong_hmac);
}

TEST_CASE("padding behind a packet is cut off", "[auth]") {
    Bytes padded = to_group;
    padded.resize(80, std::byte{0xee});

    const auto opened = make().open(padded);

    REQUIRE(opened.has_value());
    CHECK(opened->message.size() == 20);
}

TEST_CASE("the header must name the packet's own sender", "[auth]") {
    // Signed with the right key (Python's hmac), the SPI being that of another.
    const Bytes borrowed = from_hex(
        "45c000400001 0000ff3318b6 c0000201 e0000012"
        "70040000 c0000202 00000001 57aff23ec00642418982ca0d"
        "213364010201b5cb c00002fe 0000000000000000");

    CHECK(refusal(make(), borrowed) == AuthError::wrong_spi);
}

TEST_CASE("a packet is accepted once, and a check alone changes nothing", "[auth]") {
    AuthenticationHeader sender = make();
    AuthenticationHeader receiver = make();
    const Bytes first = packet_of(sender, alice, epoch);
    const Bytes second = packet_of(sender, alice, epoch);
    CHECK(receiver.open(second).has_value());
    CHECK(receiver.open(second).has_value());

    CHECK(is_accepted(receiver, second));

    CHECK(refusal(receiver, second) == AuthError::replayed);
    CHECK(refusal(receiver, first) == AuthError::replayed);
    CHECK(is_accepted(receiver, packet_of(sender, alice, epoch)));
}

TEST_CASE("each sender counts for itself", "[auth]") {
    AuthenticationHeader alices = make();
    AuthenticationHeader bobs = make();
    AuthenticationHeader receiver = make();
    for (int time = 0; time < 10; ++time) {
        CHECK(is_accepted(receiver, packet_of(alices, alice, epoch)));
    }

    CHECK(is_accepted(receiver, packet_of(bobs, bob, epoch)));
}

TEST_CASE("what we send is above all that we accepted from anybody", "[auth]") {
    AuthenticationHeader alices = make();
    AuthenticationHeader ours = make();
    for (int time = 0; time < 10; ++time) {
        REQUIRE(is_accepted(ours, packet_of(alices, alice, epoch)));
    }

    const Bytes packet = packet_of(ours, bob, epoch);

    CHECK(sequence_of(packet) == 11);
    CHECK(is_accepted(alices, packet));
    CHECK(sequence_of(packet_of(alices, alice, epoch)) == 12);
}

TEST_CASE("a packet that was only checked does not raise what we send", "[auth]") {
    AuthenticationHeader alices = make();
    AuthenticationHeader ours = make();
    const Bytes packet = packet_of(alices, alice, epoch + 1h);
    REQUIRE(ours.open(packet).has_value());

    CHECK(sequence_of(packet_of(ours, bob, epoch)) == 1);
}

// An answer must be numbered above what it answers, for who counts once for all senders.
TEST_CASE("what we send is above a packet that was noted, which is accepted all the same",
          "[auth]") {
    AuthenticationHeader alices = make();
    AuthenticationHeader ours = make();
    for (int count = 0; count < 5; ++count) {
        static_cast<void>(alices.next_advert(epoch));
    }
    const Bytes packet = packet_of(alices, alice, epoch);
    const auto opened = ours.open(packet);
    REQUIRE(opened.has_value());

    ours.note(opened->proof);

    CHECK(sequence_of(packet_of(ours, bob, epoch)) == 7);
    CHECK(is_accepted(ours, packet));
    CHECK(refusal(ours, packet) == AuthError::replayed);
}

TEST_CASE("a restarted sender goes on above what it sent before", "[auth]") {
    const WallTime noon{std::chrono::seconds(0x68000000)};
    AuthenticationHeader sender = make();
    AuthenticationHeader receiver = make();
    REQUIRE(is_accepted(receiver, packet_of(sender, alice, noon)));

    sender = make();

    CHECK(is_accepted(receiver, packet_of(sender, alice, noon + 1s)));
    CHECK(sequence_of(packet_of(sender, alice, noon - 1h)) == 0x68000002);
}

TEST_CASE("a clock far from the truth leaves numbers to count with", "[auth]") {
    AuthenticationHeader sender = make();
    CHECK(sequence_of(packet_of(sender, alice, WallTime{-1h})) == 1);
    CHECK(sequence_of(packet_of(sender, alice, WallTime{24h * 365 * 200})) == 0xf0000000);
    CHECK(sequence_of(packet_of(sender, alice, WallTime{24h * 365 * 201})) == 0xf0000001);
}

TEST_CASE("sequence numbers do not begin again at their end", "[auth]") {
    AuthenticationHeader sender = make();
    AuthenticationHeader ours = make();
    std::array<std::byte, 64> buffer;
    const auto last = sender.wrap({.identification = 1, .sequence = 0xffffffff},
                                  std::span(to_group).subspan(headers_size),
                                  {.source = alice, .destination = group, .ttl = 255}, buffer);
    REQUIRE(last.has_value());
    REQUIRE(is_accepted(ours, *last));

    CHECK(sequence_of(packet_of(ours, bob, epoch)) == 0xffffffff);
}

TEST_CASE("packets are numbered from 1, and never with 0", "[auth]") {
    AuthenticationHeader sender = make();
    CHECK(sender.next_advert(epoch).identification == 1);
    for (int count = 2; count <= 0xffff; ++count) {
        static_cast<void>(sender.next_advert(epoch));
    }
    CHECK(sender.next_advert(epoch).identification == 1);
    CHECK(sender.next_advert(epoch).identification == 2);
}

TEST_CASE("all copies of an advert carry the same numbers", "[auth]") {
    AuthenticationHeader sender = make();
    AuthenticationHeader receiver = make();
    const auto numbers = sender.next_advert(epoch);
    const auto message = std::span(to_group).subspan(headers_size);
    std::array<std::byte, 64> buffer;

    for (const auto& destination : {bob, vrrp::IpAddress(192, 0, 2, 3)}) {
        const auto packet = sender.wrap(
            numbers, message, {.source = alice, .destination = destination, .ttl = 64}, buffer);
        REQUIRE(packet.has_value());
        const auto opened = receiver.open(*packet);
        REQUIRE(opened.has_value());
        CHECK(opened->context.destination == destination);
        CHECK(opened->context.ttl == 64);
    }
}

}  // namespace auth
