#include "net/link.hpp"

#include <algorithm>

namespace net {

std::optional<vrrp::IpAddress> primary_address(
    const Link& link, std::span<const vrrp::VirtualAddress> virtual_addresses) {
    const auto is_virtual = [&](const LinkAddress& candidate) {
        return std::ranges::find(virtual_addresses, candidate.address,
                                 &vrrp::VirtualAddress::address) != virtual_addresses.end();
    };
    for (const bool is_secondary : {false, true}) {
        for (const LinkAddress& candidate : link.addresses) {
            if (candidate.is_secondary == is_secondary && !is_virtual(candidate)) {
                return candidate.address;
            }
        }
    }
    return std::nullopt;
}

}  // namespace net
