#pragma once

#include "auth/hmac.hpp"
#include "auth/sequence.hpp"
#include "vrrp/address.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace auth {

/// What keepalived 2.4.2 puts behind the VRRP message of an authenticated advert
/// (draft-cassen-vrrp-auth-hmac): who signed it with which key, when, and the HMAC.
struct Trailer {
    std::uint8_t key_id = 0;
    Sequence sequence = 0;
    std::array<std::byte, 16> hmac{};  ///< the first half of an HMAC-SHA256

    friend bool operator==(const Trailer&, const Trailer&) = default;
};

/// The size of a trailer on the wire. The VRRP message says nothing of it: it is there where the IP
/// payload is that much longer.
inline constexpr std::size_t trailer_size = 28;

/// Reads a trailer; nullopt where the bytes are not trailer_size, not of type 1 (HMAC-SHA256), or
/// the reserved ones not zero.
[[nodiscard]] std::optional<Trailer> decode_trailer(std::span<const std::byte> bytes);

/// Writes it into the first trailer_size bytes of the buffer; shorter ones are asserted.
void encode_trailer(const Trailer& trailer, std::span<std::byte> buffer);

/// The HMAC that belongs into a trailer behind this VRRP message (8 bytes at least: asserted) from
/// this sender. The message's checksum does not matter: the kernel of an IPv6 host fills it in
/// after signing. Nor does the destination: one signature serves all peers. nullopt where libcrypto
/// fails.
[[nodiscard]] std::optional<std::array<std::byte, 16>> trailer_hmac(
    const Hmac& key, const Trailer& trailer, std::span<const std::byte> message,
    const vrrp::IpAddress& sender);

}  // namespace auth
