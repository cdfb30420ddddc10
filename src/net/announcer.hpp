#pragma once

#include "net/link.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "vrrp/address.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

namespace net {

/// The two forms of a gratuitous ARP: some devices believe only one of them.
enum class ArpForm : std::uint8_t { request = 1, reply = 2 };

inline constexpr std::size_t arp_frame_size = 42;

/// The Ethernet frame that tells everybody on the link that `address` is at `mac`: broadcast,
/// sender IP = target IP (RFC 5227 section 3).
[[nodiscard]] std::array<std::byte, arp_frame_size> gratuitous_arp(ArpForm form,
                                                                   const MacAddress& mac,
                                                                   const vrrp::IpAddress& address);

/// Tells neighbours where addresses are now.
class Announcer {
public:
    [[nodiscard]] static std::expected<Announcer, os::Error> open();

    /// Sends both forms for each address, first one form for all, then the other, in as few
    /// system calls as sendmmsg allows. Never blocks. The error is the first refusal's; the others
    /// are tried all the same. A link without a MAC address has nobody to tell: a success.
    [[nodiscard]] std::expected<void, os::Error> announce(
        const Link& link, std::span<const vrrp::VirtualAddress> addresses);

private:
    Announcer() = default;

    os::Fd socket_;
};

}  // namespace net
