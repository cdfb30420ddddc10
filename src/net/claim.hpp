#pragma once

#include "net/link.hpp"
#include "vrrp/address.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace net {

/// What a packet says to all that hear it: this address is at this MAC.
struct Claim {
    vrrp::IpAddress address;
    MacAddress mac{};

    friend bool operator==(const Claim&, const Claim&) = default;
};

/// The claim in an Ethernet frame without a VLAN tag; nullopt where there is none. One is in an ARP
/// request or reply, gratuitous or not: its sender. One is in a neighbour advertisement that is
/// valid by RFC 4861 section 7.1.2: its target. Not in an ARP probe, which only asks, and not where
/// the MAC is zeros: nobody is there.
[[nodiscard]] std::optional<Claim> decode_claim(std::span<const std::byte> frame);

}  // namespace net
