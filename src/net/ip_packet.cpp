#include "net/ip_packet.hpp"

namespace net {

namespace {

constexpr std::size_t minimum_header_size = 20;

std::size_t read_16(std::span<const std::byte> bytes, std::size_t offset) {
    return std::to_integer<std::size_t>(bytes[offset]) << 8 |
           std::to_integer<std::size_t>(bytes[offset + 1]);
}

vrrp::IpAddress read_address(std::span<const std::byte> bytes, std::size_t offset) {
    return vrrp::IpAddress::from_bytes(vrrp::Family::ipv4, bytes.subspan(offset, 4));
}

}  // namespace

/// RFC 791 section 3.1.
std::optional<IpPacket> decode_ip_packet(std::span<const std::byte> packet, std::uint8_t protocol) {
    if (packet.size() < minimum_header_size) {
        return std::nullopt;
    }
    const auto version = std::to_integer<unsigned>(packet[0] >> 4);
    const auto header_size = std::to_integer<std::size_t>(packet[0] & std::byte{0x0f}) * 4;
    const std::size_t total_size = read_16(packet, 2);
    const bool is_fragment = (read_16(packet, 6) & 0x3fff) != 0;  // more to come, or an offset
    const bool has_sane_sizes = minimum_header_size <= header_size && header_size <= total_size &&
                                total_size <= packet.size();
    if (version != 4 || !has_sane_sizes || is_fragment || packet[9] != std::byte{protocol}) {
        return std::nullopt;
    }
    return IpPacket{
        .context = {.source = read_address(packet, 12),
                    .destination = read_address(packet, 16),
                    .ttl = std::to_integer<std::uint8_t>(packet[8])},
        .message = packet.subspan(header_size, total_size - header_size),
        .whole = packet.first(total_size),
    };
}

}  // namespace net
