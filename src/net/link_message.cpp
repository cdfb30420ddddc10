#include "net/link_message.hpp"

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace net {

namespace {

/// IFA_PROTO, which headers before Linux 5.18 don't have.
constexpr int protocol_attribute = 11;
constexpr int last_address_attribute = std::max<int>(IFA_MAX, protocol_attribute);

std::span<const std::byte> payload(const nlattr* attribute) {
    return {static_cast<const std::byte*>(nla_data(attribute)),
            static_cast<std::size_t>(nla_len(attribute))};
}

std::optional<LinkMessage> decode_link(nlmsghdr& message) {
    std::array<nlattr*, IFLA_MAX + 1> attributes{};
    if (nlmsg_parse(&message, sizeof(ifinfomsg), attributes.data(), IFLA_MAX, nullptr) < 0) {
        return std::nullopt;
    }
    const auto& header = *static_cast<const ifinfomsg*>(nlmsg_data(&message));
    // Bridges tell of their ports by the same messages: a port that left a bridge is still there.
    if (header.ifi_family != AF_UNSPEC) {
        return std::nullopt;
    }
    if (message.nlmsg_type == RTM_DELLINK) {
        return LinkGone{header.ifi_index};
    }
    // IFF_RUNNING lags behind a lost carrier, and stays for drivers that don't set a state.
    constexpr unsigned wanted = IFF_UP | IFF_RUNNING | IFF_LOWER_UP;
    LinkSeen link{.index = header.ifi_index,
                  .is_up = (header.ifi_flags & wanted) == wanted,
                  .is_enabled = (header.ifi_flags & IFF_UP) != 0};
    if (const nlattr* name = attributes[IFLA_IFNAME]) {
        const auto text = payload(name);
        const auto end = std::ranges::find(text, std::byte{0});
        link.name.emplace(reinterpret_cast<const char*>(text.data()),
                          static_cast<std::size_t>(end - text.begin()));
    }
    if (const nlattr* mac = attributes[IFLA_ADDRESS]) {
        link.mac.emplace();
        if (payload(mac).size() == link.mac->size()) {
            std::ranges::copy(payload(mac), std::as_writable_bytes(std::span(*link.mac)).begin());
        }
    }
    if (const nlattr* mtu = attributes[IFLA_MTU]; mtu && payload(mtu).size() == 4) {
        link.mtu = nla_get_u32(mtu);
    }
    return link;
}

std::optional<vrrp::Family> decode_family(int number) {
    switch (number) {
        case AF_INET: return vrrp::Family::ipv4;
        case AF_INET6: return vrrp::Family::ipv6;
        default: return std::nullopt;
    }
}

std::optional<vrrp::IpAddress> ip_address(vrrp::Family family, const nlattr* attribute) {
    if (!attribute || payload(attribute).size() < vrrp::address_size(family)) {
        return std::nullopt;
    }
    return vrrp::IpAddress::from_bytes(family, payload(attribute));
}

std::optional<LinkMessage> decode_address(nlmsghdr& message) {
    std::array<nlattr*, last_address_attribute + 1> attributes{};
    if (nlmsg_parse(&message, sizeof(ifaddrmsg), attributes.data(), last_address_attribute,
                    nullptr) < 0) {
        return std::nullopt;
    }
    const auto& header = *static_cast<const ifaddrmsg*>(nlmsg_data(&message));
    const auto family = decode_family(header.ifa_family);
    if (!family) {
        return std::nullopt;
    }
    // An IPv6 address has no IFA_LOCAL, unless it is a point-to-point one.
    const auto other_end = ip_address(*family, attributes[IFA_ADDRESS]);
    const auto local = ip_address(*family, attributes[IFA_LOCAL]);
    if (!local && !other_end) {
        return std::nullopt;
    }
    const nlattr* const all_flags = attributes[IFA_FLAGS];
    const std::uint32_t flags =
        all_flags && payload(all_flags).size() == 4 ? nla_get_u32(all_flags) : header.ifa_flags;
    const bool is_ipv6 = *family == vrrp::Family::ipv6;
    const nlattr* const protocol = attributes[protocol_attribute];
    const LinkAddress address{
        .address = local ? *local : *other_end,
        .prefix_length = header.ifa_prefixlen,
        // The same bit means another thing in IPv6: a temporary address.
        .is_secondary = !is_ipv6 && (flags & IFA_F_SECONDARY) != 0,
        .scope = header.ifa_scope,
        .other_end = other_end ? *other_end : *local,
        .protocol = protocol != nullptr ? nla_get_u8(protocol) : std::uint8_t{0},
        // An optimistic address may be used while the kernel looks for duplicates (RFC 4429).
        .is_tentative = (flags & (IFA_F_TENTATIVE | IFA_F_OPTIMISTIC)) == IFA_F_TENTATIVE,
        .is_duplicate = (flags & IFA_F_DADFAILED) != 0,
        .is_deprecated = (flags & IFA_F_DEPRECATED) != 0,
        .is_permanent = (flags & IFA_F_PERMANENT) != 0,
    };
    const int link_index = static_cast<int>(header.ifa_index);
    if (message.nlmsg_type == RTM_DELADDR) {
        return AddressGone{link_index, address};
    }
    return AddressSeen{link_index, address};
}

}  // namespace

std::optional<LinkMessage> decode_link_message(nlmsghdr& message) {
    switch (message.nlmsg_type) {
        case RTM_NEWLINK:
        case RTM_DELLINK: return decode_link(message);
        case RTM_NEWADDR:
        case RTM_DELADDR: return decode_address(message);
        default: return std::nullopt;
    }
}

}  // namespace net
