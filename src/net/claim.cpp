#include "net/claim.hpp"

#include <net/ethernet.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstdint>

#include "vrrp/internet_checksum.hpp"

namespace net {

namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t ethernet_header_size = 14;
constexpr std::size_t arp_size = 28;
constexpr std::size_t ipv6_header_size = 40;
constexpr std::size_t advertisement_size = 24;

unsigned read_8(Bytes bytes, std::size_t offset) {
    return std::to_integer<unsigned>(bytes[offset]);
}

unsigned read_16(Bytes bytes, std::size_t offset) {
    return read_8(bytes, offset) << 8 | read_8(bytes, offset + 1);
}

MacAddress read_mac(Bytes bytes, std::size_t offset) {
    MacAddress mac;
    std::ranges::transform(bytes.subspan(offset, mac.size()), mac.begin(),
                           [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
    return mac;
}

/// RFC 826; a probe (RFC 5227 section 2.1.1) has the sender 0.0.0.0.
std::optional<Claim> decode_arp(Bytes message) {
    if (message.size() < arp_size || read_16(message, 0) != ARPHRD_ETHER ||
        read_16(message, 2) != ETHERTYPE_IP || read_8(message, 4) != sizeof(MacAddress) ||
        read_8(message, 5) != vrrp::address_size(vrrp::Family::ipv4)) {
        return std::nullopt;
    }
    const unsigned operation = read_16(message, 6);
    if (operation != ARPOP_REQUEST && operation != ARPOP_REPLY) {
        return std::nullopt;
    }
    const Claim claim{
        .address = vrrp::IpAddress::from_bytes(vrrp::Family::ipv4, message.subspan(14, 4)),
        .mac = read_mac(message, 8)};
    return claim.address == vrrp::IpAddress{} ? std::nullopt : std::optional(claim);
}

/// RFC 4443 section 2.3: with the pseudo-header of RFC 8200 section 8.1.
bool has_good_checksum(Bytes header, Bytes message) {
    return vrrp::checksum_of(vrrp::sum_of_words(header.subspan(8, 32)) + message.size() +
                             IPPROTO_ICMPV6 + vrrp::sum_of_words(message)) == 0;
}

/// Takes the MAC of the target link-layer option, where there is one; false where the options make
/// no sense.
bool read_options(Bytes options, MacAddress& mac) {
    while (!options.empty()) {
        const std::size_t size = options.size() < 2 ? 0 : read_8(options, 1) * std::size_t{8};
        if (size == 0 || size > options.size()) {
            return false;
        }
        if (read_8(options, 0) == ND_OPT_TARGET_LINKADDR) {
            mac = read_mac(options, 2);
        }
        options = options.subspan(size);
    }
    return true;
}

/// RFC 4861 section 7.1.2. `mac` is the sender's, for an advertisement that names none.
std::optional<Claim> decode_neighbour_advertisement(Bytes packet, const MacAddress& mac) {
    if (packet.size() < ipv6_header_size) {
        return std::nullopt;
    }
    const std::size_t size = read_16(packet, 4);
    const bool has_sane_size =
        advertisement_size <= size && ipv6_header_size + size <= packet.size();
    if (read_8(packet, 0) >> 4 != 6 || read_8(packet, 6) != IPPROTO_ICMPV6 ||
        read_8(packet, 7) != 255 || !has_sane_size) {
        return std::nullopt;
    }
    const Bytes message = packet.subspan(ipv6_header_size, size);
    const bool is_to_many = read_8(packet, 24) == 0xff;
    const bool is_solicited = (read_8(message, 4) & 0x40) != 0;
    Claim claim{.address = vrrp::IpAddress::from_bytes(vrrp::Family::ipv6, message.subspan(8, 16)),
                .mac = mac};
    if (read_8(message, 0) != ND_NEIGHBOR_ADVERT || read_8(message, 1) != 0 ||
        (is_to_many && is_solicited) || claim.address.is_multicast() ||
        !has_good_checksum(packet, message) ||
        !read_options(message.subspan(advertisement_size), claim.mac)) {
        return std::nullopt;
    }
    return claim;
}

std::optional<Claim> decode_payload(Bytes frame) {
    const Bytes payload = frame.subspan(ethernet_header_size);
    switch (read_16(frame, 12)) {
        case ETHERTYPE_ARP: return decode_arp(payload);
        case ETHERTYPE_IPV6: return decode_neighbour_advertisement(payload, read_mac(frame, 6));
        default: return std::nullopt;
    }
}

}  // namespace

std::optional<Claim> decode_claim(std::span<const std::byte> frame) {
    if (frame.size() < ethernet_header_size) {
        return std::nullopt;
    }
    const auto claim = decode_payload(frame);
    return claim && claim->mac == MacAddress{} ? std::nullopt : claim;
}

}  // namespace net
