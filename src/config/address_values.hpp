#pragma once

#include "config/values.hpp"
#include "vrrp/address.hpp"

#include <cstddef>
#include <string_view>

namespace config {

/// What an advertisement can count.
inline constexpr std::size_t max_addresses = 255;

/// What a router moves at most beside those that its adverts carry: room for any, and none for an
/// address that somebody left a loop to write.
inline constexpr std::size_t max_unadvertised_addresses = 4096;

/// What an advertisement of this family can carry in one packet of the usual MTU, 1500 bytes, with
/// or without the trailer that signs it.
[[nodiscard]] std::size_t max_addresses_of(vrrp::Family family, bool is_signed);

/// "IPv4", "IPv6"
[[nodiscard]] std::string_view family_text(vrrp::Family family);

/// "192.0.2.1/24" or "2001:db8::1/64", or without a prefix, which means /32 or /128; an address
/// that a host can have.
[[nodiscard]] Checked<vrrp::VirtualAddress> to_virtual_address(std::string_view text);

/// "192.0.2.1" or "2001:db8::1": an address that another host, or this one, can have.
[[nodiscard]] Checked<vrrp::IpAddress> to_host_address(std::string_view what,
                                                       std::string_view text);

/// The same, or a loopback address: whom this host can speak with, and from where.
[[nodiscard]] Checked<vrrp::IpAddress> to_server_address(std::string_view what,
                                                         std::string_view text);

}  // namespace config
