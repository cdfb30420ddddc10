#include "auth/authenticator.hpp"
#include "bytes.hpp"
#include "catch2.hpp"

#include <chrono>
#include <utility>
#include <vector>

namespace auth {

using namespace std::chrono_literals;

namespace {

const WallTime noon{std::chrono::seconds(0x68000000)};
const vrrp::IpAddress alice(192, 0, 2, 1);
const Bytes message = from_hex("3133c80100644402c0000264");

/// A sender, a receiver, and a recording of what the sender sent.
struct Pair {
    explicit Pair(Replay replay)
        : config{.keys = {{.id = 1, .secret = counting(0, 32)}}, .replay = replay},
          sender(make()),
          receiver(make()) {}

    [[nodiscard]] Authenticator make() const {
        auto authenticator = Authenticator::create(config, {});
        REQUIRE(authenticator.has_value());
        return std::move(*authenticator);
    }

    Bytes send(WallTime now, const vrrp::IpAddress& source = alice) {
        Bytes buffer = message;
        buffer.resize(message.size() + trailer_size);
        const auto payload = sender.sign(buffer, message.size(), source, now);
        REQUIRE(payload.has_value());
        return buffer;
    }

    [[nodiscard]] std::expected<Proof, AuthError> check(
        const Bytes& payload, WallTime now, const vrrp::IpAddress& source = alice) const {
        return receiver.check(payload, message.size(), {.source = source}, now);
    }

    void accept(const Bytes& payload, WallTime now, const vrrp::IpAddress& source = alice) {
        const auto proof = check(payload, now, source);
        REQUIRE(proof.has_value());
        receiver.accept(*proof);
    }

    [[nodiscard]] AuthError refusal(const Bytes& payload, WallTime now) const {
        const auto proof = check(payload, now);
        REQUIRE_FALSE(proof.has_value());
        return proof.error();
    }

    TrailerConfig config;
    Authenticator sender;
    Authenticator receiver;
};

Sequence sequence_of(const Bytes& payload) {
    const auto trailer = decode_trailer(std::span(payload).last(trailer_size));
    REQUIRE(trailer.has_value());
    return trailer->sequence;
}

}  // namespace

TEST_CASE("an advert is accepted once", "[auth]") {
    Pair pair(GENERATE(Replay::time, Replay::monotonic));
    const Bytes first = pair.send(noon);
    const Bytes second = pair.send(noon);

    pair.accept(second, noon);

    CHECK(pair.refusal(second, noon) == AuthError::replayed);
    CHECK(pair.refusal(first, noon) == AuthError::replayed);
    pair.accept(pair.send(noon), noon);
}

TEST_CASE("a check alone changes nothing", "[auth]") {
    Pair pair(Replay::time);
    const Bytes advert = pair.send(noon);

    for (int time = 0; time < 3; ++time) {
        CHECK(pair.check(advert, noon).has_value());
    }

    pair.accept(advert, noon);
    CHECK(pair.refusal(advert, noon) == AuthError::replayed);
}

TEST_CASE("a refused advert does not move the mark", "[auth]") {
    Pair pair(Replay::time);
    const Bytes good = pair.send(noon);
    Bytes forged = pair.send(noon + 2s);
    forged.back() ^= std::byte{1};

    CHECK(pair.refusal(forged, noon + 2s) == AuthError::wrong_hmac);

    pair.accept(good, noon + 2s);
}

TEST_CASE("an advert's time must be within the window, both ends included", "[auth]") {
    Pair pair(Replay::time);
    const Bytes advert = pair.send(noon + 999ms);

    CHECK(pair.check(advert, noon + 5s).has_value());
    CHECK(pair.check(advert, noon + 5s + 999ms).has_value());  // whole seconds count
    CHECK(pair.refusal(advert, noon + 6s) == AuthError::too_old);
    CHECK(pair.check(advert, noon - 5s).has_value());
    CHECK(pair.refusal(advert, noon - 5s - 1ms) == AuthError::too_early);
    CHECK(pair.refusal(advert, noon + 24h * 365 * 60) == AuthError::too_old);
}

TEST_CASE("the window is checked before the HMAC, and the key before it too", "[auth]") {
    Pair pair(Replay::time);
    Bytes forged = pair.send(noon);
    forged.back() ^= std::byte{1};
    CHECK(pair.refusal(forged, noon + 1min) == AuthError::too_old);
    forged[message.size() + 1] = std::byte{9};
    CHECK(pair.refusal(forged, noon) == AuthError::unknown_key);
    CHECK(pair.refusal(forged, noon + 1min) == AuthError::too_old);
}

TEST_CASE("a proof tells how far the sender's clock is ahead", "[auth]") {
    Pair pair(Replay::time);
    CHECK(pair.check(pair.send(noon + 3s), noon)->clock_difference() == 3s);
    CHECK(pair.check(pair.send(noon + 4s), noon + 8s)->clock_difference() == -4s);

    Pair without_time(Replay::monotonic);
    CHECK(without_time.check(without_time.send(noon + 1h), noon)->clock_difference() == 0s);
}

TEST_CASE("without a common time the order alone counts", "[auth]") {
    Pair pair(Replay::monotonic);
    const Bytes old = pair.send(noon);
    const Bytes newer = pair.send(noon + 1s);

    pair.accept(newer, noon + 24h);

    CHECK(pair.refusal(old, noon) == AuthError::replayed);
    CHECK(pair.refusal(newer, noon + 48h) == AuthError::replayed);
    pair.accept(pair.send(noon + 2s), noon - 24h);
}

TEST_CASE("adverts sent at one instant are counted, also past the counter's end", "[auth]") {
    Pair pair(Replay::time);
    Sequence last = sequence_of(pair.send(noon));
    CHECK(last == sequence_at(noon));
    for (int time = 0; time < 70'000; ++time) {
        const Sequence next = sequence_of(pair.send(noon));
        if (next != last + 1) {
            FAIL("not one more at " << time);
        }
        last = next;
    }
    CHECK(sequence_of(pair.send(noon + 3s)) == sequence_at(noon + 3s));
}

TEST_CASE("a clock that was put back is followed only beyond the window", "[auth]") {
    Pair pair(Replay::time);
    const Sequence last = sequence_of(pair.send(noon));

    CHECK(sequence_of(pair.send(noon - 5s)) == last + 1);
    CHECK(sequence_of(pair.send(noon - 6s)) == sequence_at(noon - 6s));

    Pair without_time(Replay::monotonic);
    CHECK(sequence_of(without_time.send(noon)) == last);
    CHECK(sequence_of(without_time.send(noon - 1h)) == last + 1);
}

TEST_CASE("a mark from a clock that ran ahead does not shut its sender out", "[auth]") {
    Pair pair(Replay::time);
    pair.accept(pair.send(noon + 1h), noon + 1h);

    const Bytes advert = pair.send(noon);
    pair.accept(advert, noon);

    CHECK(pair.refusal(advert, noon) == AuthError::replayed);
    pair.accept(pair.send(noon + 1s), noon + 1s);

    Pair without_time(Replay::monotonic);
    without_time.accept(without_time.send(noon + 1h), noon);
    without_time.sender = without_time.make();
    CHECK(without_time.refusal(without_time.send(noon), noon) == AuthError::replayed);
}

TEST_CASE("a restarted sender goes on as its clock does", "[auth]") {
    Pair pair(GENERATE(Replay::time, Replay::monotonic));
    pair.accept(pair.send(noon), noon);

    pair.sender = pair.make();

    pair.accept(pair.send(noon + 10ms), noon + 10ms);
}

TEST_CASE("senders do not share a mark", "[auth]") {
    Pair pair(Replay::time);
    pair.accept(pair.send(noon + 2s), noon);
    pair.sender = pair.make();
    const vrrp::IpAddress bob(192, 0, 2, 2);

    pair.accept(pair.send(noon, bob), noon, bob);

    pair.sender = pair.make();
    CHECK(pair.refusal(pair.send(noon + 1s), noon) == AuthError::replayed);
}

TEST_CASE("a reload keeps what was sent and accepted", "[auth]") {
    Pair pair(Replay::time);
    const Bytes advert = pair.send(noon);
    pair.accept(advert, noon);

    REQUIRE(pair.receiver.reconfigure(pair.config, {}).has_value());
    REQUIRE(pair.sender.reconfigure(pair.config, std::vector{alice}).has_value());

    CHECK(pair.refusal(advert, noon) == AuthError::replayed);
    CHECK(sequence_of(pair.send(noon)) == sequence_of(advert) + 1);
}

}  // namespace auth
