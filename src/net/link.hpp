#pragma once

#include "vrrp/address.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace net {

using MacAddress = std::array<std::uint8_t, 6>;

/// "02:00:5e:10:00:01"
[[nodiscard]] std::string to_text(const MacAddress& mac);

/// Our mark on the addresses that we put on a link.
inline constexpr std::uint8_t our_address_protocol = 112;

/// An address as the kernel holds it on a link.
struct LinkAddress {
    vrrp::IpAddress address;
    std::uint8_t prefix_length = 32;
    bool is_secondary = false;   ///< IPv4: another address of the same subnet came first
    std::uint8_t scope = 0;      ///< as in rtnetlink: 0 the world, 253 this link, 254 this host
    vrrp::IpAddress other_end;   ///< of a point-to-point address; else the address itself
    std::uint8_t protocol = 0;   ///< who put it there (IFA_PROTO); 0 before Linux 5.18
    bool is_tentative = false;   ///< IPv6: not usable yet, the kernel looks for duplicates first
    bool is_duplicate = false;   ///< IPv6: unusable, another host was found to have it
    bool is_deprecated = false;  ///< usable, but not chosen for new connections
    bool is_permanent = true;    ///< has no lease, after which the kernel takes it away

    friend bool operator==(const LinkAddress&, const LinkAddress&) = default;
};

/// A network interface as the kernel shows it.
struct Link {
    int index = 0;
    std::string name;
    MacAddress mac{};  ///< zeros where the link has none of six bytes
    std::uint32_t mtu = 1500;
    bool is_enabled = false;             ///< administratively up
    bool is_up = false;                  ///< the same, and with a carrier
    std::vector<LinkAddress> addresses;  ///< IPv4, then IPv6, each in the kernel's order

    friend bool operator==(const Link&, const Link&) = default;
};

/// Whether the kernel keeps our mark on addresses: from Linux 5.18 on.
[[nodiscard]] bool keeps_marks();

/// Whether we put an address there: it bears our mark or, where the kernel keeps none, has a lease.
[[nodiscard]] bool is_ours(const LinkAddress& address, bool keeps_marks);

/// The address that adverts are sent from; nullopt where there is none.
///
/// It is none of `virtual_addresses`, and doesn't bear our mark. IPv4 (RFC 3768 section 5.2.1): the
/// first of the link, primary ones before secondary ones. IPv6 (RFC 9568 section 5.1.2.1): the
/// first link-local one that is usable.
[[nodiscard]] std::optional<vrrp::IpAddress> primary_address(
    const Link& link, vrrp::Family family, std::span<const vrrp::VirtualAddress> virtual_addresses);

}  // namespace net
