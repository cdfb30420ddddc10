#pragma once

#include "vrrp/advertisement.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace net {

/// IP protocol number of VRRP.
inline constexpr int vrrp_protocol = 112;

/// A received IPv4 packet of protocol 112, taken apart.
struct IpPacket {
    vrrp::PacketContext context;
    std::span<const std::byte> message;  ///< a view of the packet's bytes
};

/// Reads the IPv4 header, with options or without. Bytes beyond the header's total length (Ethernet
/// padding) are cut off; nullopt where the header makes no sense, or is of a fragment.
[[nodiscard]] std::optional<IpPacket> decode_ip_packet(std::span<const std::byte> packet);

}  // namespace net
