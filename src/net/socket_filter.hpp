#pragma once

#include "os/error.hpp"

#include <linux/filter.h>

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <expected>

namespace net {

/// A set of virtual router ids.
using RouterIds = std::bitset<256>;

/// How the packets of a raw socket look to its filter and its reader.
enum class PacketForm : std::uint8_t {
    ipv4,           ///< an IPv4 header, the VRRP message
    authenticated,  ///< an IPv4 header, an Authentication Header of 24 bytes, the VRRP message
    ipv6,           ///< the VRRP message: the kernel keeps the IPv6 header
};

/// A classic BPF program.
using SocketFilter = std::array<sock_filter, 33>;

/// The program that lets the packets of `ids` pass, whole, and drops all others, also those too
/// short to have a router id. It reads nothing else of a packet, and costs the same for any set.
[[nodiscard]] SocketFilter router_id_filter(const RouterIds& ids, PacketForm form);

/// Makes the kernel ask `filter` about each packet before it wakes the socket, from now on and
/// instead of the filter that was there.
[[nodiscard]] std::expected<void, os::Error> attach_filter(int fd, const SocketFilter& filter);

}  // namespace net
