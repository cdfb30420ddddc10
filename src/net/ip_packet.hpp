#pragma once

#include "vrrp/advertisement.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace net {

/// IP protocol number (of IPv6: next header) of VRRP.
inline constexpr std::uint8_t vrrp_protocol = 112;

/// IP protocol number of the Authentication Header (RFC 2402).
inline constexpr std::uint8_t authentication_protocol = 51;

/// A received IP packet, taken apart. Its spans are views of the bytes that it was read from.
struct IpPacket {
    vrrp::PacketContext context;
    std::span<const std::byte> message;  ///< what follows the IP header
    std::span<const std::byte> whole;    ///< with the header of IPv4; of IPv6 the message again
};

/// Reads the header of an IPv4 packet of `protocol`, with options or without. Bytes beyond the
/// header's total length (Ethernet padding) are cut off; nullopt where the header makes no sense,
/// or is of a fragment or of another protocol.
[[nodiscard]] std::optional<IpPacket> decode_ip_packet(std::span<const std::byte> packet,
                                                       std::uint8_t protocol = vrrp_protocol);

}  // namespace net
