#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "auth/authenticator.hpp"
#include "fuzz/fuzz.hpp"

// An input is flags, a place and a change of one byte there, and an IP payload: as it is, or as a
// message that is signed, changed and checked.

namespace {

using namespace std::chrono_literals;

using Bytes = std::vector<std::byte>;

constexpr auth::WallTime now{std::chrono::hours(500'000)};
constexpr std::size_t shortest_message = 8;
constexpr std::size_t checksum_offset = 6;
const vrrp::PacketContext packet{.source = vrrp::IpAddress(192, 0, 2, 1),
                                 .destination = vrrp::IpAddress(224, 0, 0, 18),
                                 .ttl = 255};

enum Flag : unsigned { signs = 4, is_monotonic = 8 };

auth::Authenticator make(unsigned flags) {
    auth::TrailerConfig config;
    config.keys = {{.id = 1, .secret = Bytes(auth::shortest_secret, std::byte{'k'})}};
    config.mode = static_cast<auth::Mode>(flags % 3);
    config.replay = (flags & is_monotonic) != 0 ? auth::Replay::monotonic : auth::Replay::time;
    auto authenticator = auth::Authenticator::create(config, {});
    fuzz::expect(authenticator.has_value(), "the key is taken");
    return std::move(*authenticator);
}

void check_trailer_bytes(std::span<const std::byte> bytes) {
    const auto trailer = auth::decode_trailer(bytes);
    if (!trailer) {
        return;
    }
    std::array<std::byte, auth::trailer_size> encoded{};
    auth::encode_trailer(*trailer, encoded);
    fuzz::expect(std::ranges::equal(encoded, bytes), "a trailer that is read is written the same");
}

/// Whatever its size says: the decoder has found the message's size before.
void check_payload(const auth::Authenticator& receiver, const Bytes& payload, unsigned flags) {
    const std::size_t size = std::min<std::size_t>(payload.size(), shortest_message + flags / 16);
    const auto proof = receiver.check(payload, size, packet, now);
    fuzz::expect(!proof || !proof->is_authenticated(), "nobody guesses a signature");
    fuzz::expect(!proof || flags % 3 != 0, "enforce accepts nothing without a signature");
}

/// The mode is not receive-only.
void check_signature(auth::Authenticator& host, const Bytes& message, std::size_t place,
                     std::byte change) {
    Bytes buffer(message);
    buffer.resize(message.size() + host.sent_size());
    const auto signed_payload = host.sign(buffer, message.size(), packet.source, now);
    fuzz::expect(signed_payload && signed_payload->size() == message.size() + auth::trailer_size,
                 "what is sent is signed");
    Bytes payload(signed_payload->begin(), signed_payload->end());
    check_trailer_bytes(std::span(payload).subspan(message.size()));
    const std::size_t at = place % payload.size();
    payload[at] ^= change;
    const auto proof = host.check(payload, message.size(), packet, now);
    const bool is_same = change == std::byte{0} || at / 2 == checksum_offset / 2;
    fuzz::expect(proof.has_value() == is_same, "a changed byte is refused, and no other");
    if (proof) {
        host.accept(*proof);
        fuzz::expect(!host.check(payload, message.size(), packet, now), "a replay is refused");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const unsigned flags = input.number();
    const std::size_t place = input.number();
    const std::byte change{input.number()};
    Bytes bytes(input.rest().begin(), input.rest().end());
    bytes.shrink_to_fit();  // so that AddressSanitizer sees each byte that is read beyond it
    auth::Authenticator host = make(flags);
    if ((flags & signs) != 0 && flags % 3 != 2 && bytes.size() >= shortest_message) {
        check_signature(host, bytes, place, change);
    } else {
        check_payload(host, bytes, flags);
        check_trailer_bytes(bytes);
    }
    return 0;
}
