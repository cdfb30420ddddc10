#include "auth/trailer.hpp"

#include <algorithm>
#include <cassert>

namespace auth {

namespace {

// type, key id, reserved (2), seconds (4), 1/65536 s (2), counter (2), HMAC (16)
constexpr std::byte type_hmac_sha256{1};
constexpr std::size_t sequence_offset = 4;
constexpr std::size_t hmac_offset = 12;
constexpr std::size_t shortest_message = 8;
constexpr std::size_t checksum_offset = 6;
constexpr std::array<std::byte, 16> zeros{};

/// Binds a signature to its family, version, router and sender, so that it can't serve another.
std::array<std::byte, 20> pseudo_header(std::span<const std::byte> message,
                                        const vrrp::IpAddress& sender) {
    std::array<std::byte, 20> header{};
    header[0] = sender.family() == vrrp::Family::ipv4 ? std::byte{4} : std::byte{6};
    header[1] = message[0] >> 4;
    header[2] = message[1];
    std::ranges::copy(sender.bytes(), header.begin() + 4);
    return header;
}

}  // namespace

std::optional<Trailer> decode_trailer(std::span<const std::byte> bytes) {
    if (bytes.size() != trailer_size || bytes[0] != type_hmac_sha256 || bytes[2] != std::byte{0} ||
        bytes[3] != std::byte{0}) {
        return std::nullopt;
    }
    Trailer trailer{.key_id = std::to_integer<std::uint8_t>(bytes[1])};
    for (const std::byte byte : bytes.subspan(sequence_offset, sizeof(Sequence))) {
        trailer.sequence = trailer.sequence << 8 | std::to_integer<Sequence>(byte);
    }
    std::ranges::copy(bytes.subspan(hmac_offset), trailer.hmac.begin());
    return trailer;
}

void encode_trailer(const Trailer& trailer, std::span<std::byte> buffer) {
    assert(buffer.size() >= trailer_size);
    buffer[0] = type_hmac_sha256;
    buffer[1] = std::byte{trailer.key_id};
    buffer[2] = buffer[3] = std::byte{0};
    for (std::size_t index = 0; index < sizeof(Sequence); ++index) {
        buffer[sequence_offset + index] =
            static_cast<std::byte>(trailer.sequence >> (56 - 8 * index));
    }
    std::ranges::copy(trailer.hmac, buffer.begin() + hmac_offset);
}

std::optional<std::array<std::byte, 16>> trailer_hmac(const Hmac& key, const Trailer& trailer,
                                                      std::span<const std::byte> message,
                                                      const vrrp::IpAddress& sender) {
    assert(message.size() >= shortest_message);
    const auto pseudo = pseudo_header(message, sender);
    std::array<std::byte, trailer_size> unsigned_trailer;
    encode_trailer({.key_id = trailer.key_id, .sequence = trailer.sequence}, unsigned_trailer);
    std::array<std::byte, 16> hmac;
    const bool is_computed =
        key.compute({pseudo, message.first(checksum_offset), std::span(zeros).first(2),
                     message.subspan(checksum_offset + 2), unsigned_trailer},
                    hmac);
    return is_computed ? std::optional(hmac) : std::nullopt;
}

}  // namespace auth
