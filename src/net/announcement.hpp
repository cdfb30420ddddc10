#pragma once

#include "net/link.hpp"
#include "vrrp/address.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace net {

/// The two forms of a gratuitous ARP: some devices believe only one of them.
enum class ArpForm : std::uint8_t { request = 1, reply = 2 };

inline constexpr std::size_t arp_frame_size = 42;
inline constexpr std::size_t neighbour_frame_size = 86;

/// The Ethernet frame that tells everybody on the link that an IPv4 `address` is at `mac`:
/// broadcast, sender IP = target IP (RFC 5227 section 3).
[[nodiscard]] std::array<std::byte, arp_frame_size> gratuitous_arp(ArpForm form,
                                                                   const MacAddress& mac,
                                                                   const vrrp::IpAddress& address);

/// The Ethernet frame that tells everybody on the link that an IPv6 `address` is at `mac`: an
/// unsolicited neighbour advertisement of a router to all nodes, from the address itself, which
/// overrides what they know (RFC 4861 section 4.4, RFC 9568 section 6.4.2).
[[nodiscard]] std::array<std::byte, neighbour_frame_size> neighbour_advertisement(
    const MacAddress& mac, const vrrp::IpAddress& address);

}  // namespace net
