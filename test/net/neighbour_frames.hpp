#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

#include "net/announcement.hpp"
#include "net/link.hpp"
#include "vrrp/address.hpp"

namespace net::test {

using Frame = std::vector<std::byte>;

inline void append(Frame& frame, std::initializer_list<int> numbers) {
    for (const int number : numbers) {
        frame.push_back(static_cast<std::byte>(number));
    }
}

inline void append(Frame& frame, std::span<const std::byte> bytes) {
    frame.insert(frame.end(), bytes.begin(), bytes.end());
}

inline void append(Frame& frame, const MacAddress& mac) {
    append(frame, std::as_bytes(std::span(mac)));
}

inline constexpr std::size_t advertisement_at = 54;  ///< behind the Ethernet and the IPv6 header

/// Makes the checksum of an ICMPv6 frame right, as its payload length says.
inline void set_checksum(Frame& frame) {
    const auto at = [&](std::size_t offset) {
        return std::to_integer<std::uint32_t>(frame.at(offset));
    };
    const std::uint32_t size = at(18) << 8 | at(19);
    frame[advertisement_at + 2] = frame[advertisement_at + 3] = std::byte{0};
    std::uint32_t sum = size + 58;
    for (std::size_t i = 22; i + 1 < advertisement_at + size; i += 2) {
        sum += at(i) << 8 | at(i + 1);
    }
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    frame[advertisement_at + 2] = static_cast<std::byte>(~sum >> 8 & 0xff);
    frame[advertisement_at + 3] = static_cast<std::byte>(~sum & 0xff);
}

/// As the kernel sends it to all nodes when it has got a new address: the override flag, the MAC as
/// an option.
inline Frame neighbour_advertisement(const MacAddress& mac, const vrrp::IpAddress& source,
                                     const vrrp::IpAddress& target) {
    Frame frame;
    append(frame, {0x33, 0x33, 0, 0, 0, 1});
    append(frame, mac);
    append(frame, {0x86, 0xdd, 0x60, 0, 0, 0, 0, 32, 58, 255});
    append(frame, source.bytes());
    append(frame, vrrp::IpAddress({0xff02, 0, 0, 0, 0, 0, 0, 1}).bytes());
    append(frame, {136, 0, 0, 0, 0x20, 0, 0, 0});
    append(frame, target.bytes());
    append(frame, {2, 1});
    append(frame, mac);
    set_checksum(frame);
    return frame;
}

inline Frame arp_frame(ArpForm form, const MacAddress& mac, const vrrp::IpAddress& address) {
    const auto bytes = gratuitous_arp(form, mac, address);
    return {bytes.begin(), bytes.end()};
}

}  // namespace net::test
