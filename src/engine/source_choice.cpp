#include "engine/source_choice.hpp"

#include <algorithm>

namespace engine {

namespace {

bool is_usable(const net::LinkAddress& address) {
    return !address.is_tentative && !address.is_duplicate;
}

bool has_usable(const net::Link& link, const vrrp::IpAddress& address) {
    const auto found = std::ranges::find(link.addresses, address, &net::LinkAddress::address);
    return found != link.addresses.end() && is_usable(*found);
}

/// The first IPv6 address that routers beyond the link can answer to.
std::optional<vrrp::IpAddress> find_routable(
    const net::Link& link, std::span<const vrrp::VirtualAddress> virtual_addresses) {
    const auto is_fit = [&](const net::LinkAddress& candidate) {
        // The longest search comes last: there may be a thousand of both.
        return candidate.address.family() == vrrp::Family::ipv6 &&
               !candidate.address.is_link_local() && is_usable(candidate) &&
               candidate.protocol != net::our_address_protocol &&
               std::ranges::find(virtual_addresses, candidate.address,
                                 &vrrp::VirtualAddress::address) == virtual_addresses.end();
    };
    const auto found = std::ranges::find_if(link.addresses, is_fit);
    return found == link.addresses.end() ? std::nullopt : std::optional(found->address);
}

bool speaks_ipv6_afar(const vrrp::RouterConfig& protocol) {
    return protocol.family() == vrrp::Family::ipv6 &&
           std::ranges::any_of(protocol.peers, [](const vrrp::UnicastPeer& peer) {
               return !peer.address.is_link_local();
           });
}

}  // namespace

std::optional<vrrp::IpAddress> choose_source(
    const config::Router& router, const net::Link& link,
    std::span<const vrrp::VirtualAddress> virtual_addresses,
    const std::optional<vrrp::IpAddress>& present) {
    const vrrp::RouterConfig& protocol = router.protocol;
    const vrrp::Family family = protocol.family();
    if (router.source) {
        return has_usable(link, *router.source) ? router.source : std::nullopt;
    }
    if (family == vrrp::Family::ipv6 && present && has_usable(link, *present)) {
        return present;
    }
    if (protocol.priority == vrrp::owner_priority && family == vrrp::Family::ipv4) {
        const auto own = net::primary_address(link, family, {});
        if (own || router.addresses.empty()) {
            return own;
        }
        return router.addresses.front().address;
    }
    return speaks_ipv6_afar(protocol) ? find_routable(link, virtual_addresses)
                                      : net::primary_address(link, family, virtual_addresses);
}

std::string_view wanted_source(const config::Router& router) {
    if (router.protocol.family() == vrrp::Family::ipv4) {
        return "IPv4 address";
    }
    return speaks_ipv6_afar(router.protocol) ? "usable IPv6 address that is not link-local"
                                             : "usable link-local address";
}

}  // namespace engine
