#pragma once

#include "config/config.hpp"
#include "net/link.hpp"
#include "vrrp/address.hpp"

#include <optional>
#include <span>

namespace engine {

/// The address of the link from which a router speaks; nullopt while there is none.
///
/// The configured one, where there is one. An owner of IPv4 addresses speaks from its own, also
/// while it has taken them away. Towards IPv6 peers that are not on the link, a link-local address
/// would not do. Everybody else speaks from the link's primary address, none of
/// `virtual_addresses`. Over IPv6 that is `present` as long as it can be used: the kernel shows the
/// newest address first, and peers know us by the one that we have.
[[nodiscard]] std::optional<vrrp::IpAddress> choose_source(
    const config::Router& router, const net::Link& link,
    std::span<const vrrp::VirtualAddress> virtual_addresses,
    const std::optional<vrrp::IpAddress>& present);

/// What it looks for: "link-local address".
[[nodiscard]] std::string_view wanted_source(const config::Router& router);

}  // namespace engine
