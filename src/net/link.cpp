#include "net/link.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <sstream>
#include <utility>

namespace net {

namespace {

using VirtualAddresses = std::span<const vrrp::VirtualAddress>;

bool is_virtual(const LinkAddress& candidate, VirtualAddresses virtual_addresses) {
    return std::ranges::find(virtual_addresses, candidate.address,
                             &vrrp::VirtualAddress::address) != virtual_addresses.end();
}

std::optional<vrrp::IpAddress> primary_ipv4_address(const Link& link,
                                                    VirtualAddresses virtual_addresses) {
    for (const bool is_secondary : {false, true}) {
        for (const LinkAddress& candidate : link.addresses) {
            if (candidate.address.family() == vrrp::Family::ipv4 &&
                candidate.is_secondary == is_secondary &&
                candidate.protocol != our_address_protocol &&
                !is_virtual(candidate, virtual_addresses)) {
                return candidate.address;
            }
        }
    }
    return std::nullopt;
}

std::optional<vrrp::IpAddress> primary_ipv6_address(const Link& link,
                                                    VirtualAddresses virtual_addresses) {
    const auto is_fit = [&](const LinkAddress& candidate) {
        return candidate.address.family() == vrrp::Family::ipv6 &&
               candidate.address.is_link_local() && !candidate.is_tentative &&
               !candidate.is_duplicate && candidate.protocol != our_address_protocol &&
               !is_virtual(candidate, virtual_addresses);
    };
    const auto found = std::ranges::find_if(link.addresses, is_fit);
    return found == link.addresses.end() ? std::nullopt : std::optional(found->address);
}

}  // namespace

std::string to_text(const MacAddress& mac) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : mac) {
        text += text.empty() ? "" : ":";
        text += digits[byte >> 4];
        text += digits[byte & 0xf];
    }
    return text;
}

bool keeps_marks() {
    utsname kernel{};
    uname(&kernel);
    int major = 0;
    int minor = 0;
    char dot = 0;
    std::istringstream(kernel.release) >> major >> dot >> minor;
    return std::pair(major, minor) >= std::pair(5, 18);
}

bool is_ours(const LinkAddress& address, bool keeps_marks) {
    return keeps_marks ? address.protocol == our_address_protocol : !address.is_permanent;
}

std::optional<vrrp::IpAddress> primary_address(
    const Link& link, vrrp::Family family,
    std::span<const vrrp::VirtualAddress> virtual_addresses) {
    return family == vrrp::Family::ipv4 ? primary_ipv4_address(link, virtual_addresses)
                                        : primary_ipv6_address(link, virtual_addresses);
}

}  // namespace net
