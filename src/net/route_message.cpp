#include "net/route_message.hpp"

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <span>

namespace net {

namespace {

using Attributes = std::array<const nlattr*, RTA_MAX + 1>;

std::optional<vrrp::Family> family_of(int number) {
    switch (number) {
        case AF_INET: return vrrp::Family::ipv4;
        case AF_INET6: return vrrp::Family::ipv6;
        default: return std::nullopt;
    }
}

std::span<const std::byte> payload(const nlattr& attribute) {
    return {static_cast<const std::byte*>(mnl_attr_get_payload(&attribute)),
            mnl_attr_get_payload_len(&attribute)};
}

std::optional<vrrp::IpAddress> address_of(vrrp::Family family, std::span<const std::byte> bytes) {
    return bytes.size() >= vrrp::address_size(family)
               ? std::optional(vrrp::IpAddress::from_bytes(family, bytes))
               : std::nullopt;
}

std::optional<std::uint32_t> number_of(const nlattr* attribute) {
    return attribute != nullptr && payload(*attribute).size() == sizeof(std::uint32_t)
               ? std::optional(mnl_attr_get_u32(attribute))
               : std::nullopt;
}

int keep(const nlattr* attribute, void* attributes) {
    const std::uint16_t type = mnl_attr_get_type(attribute);
    auto& known = *static_cast<Attributes*>(attributes);
    if (type < known.size()) {
        known[type] = attribute;
    }
    return MNL_CB_OK;
}

/// RTA_VIA is a gateway of the other family: IPv4 by way of IPv6 (RFC 8950).
std::optional<vrrp::IpAddress> gateway_of(const Attributes& attributes, vrrp::Family family) {
    if (const nlattr* const gateway = attributes[RTA_GATEWAY]) {
        return address_of(family, payload(*gateway));
    }
    if (const nlattr* const via = attributes[RTA_VIA]) {
        const auto bytes = payload(*via);
        const auto other =
            bytes.size() > sizeof(rtvia)
                ? family_of(reinterpret_cast<const rtvia*>(bytes.data())->rtvia_family)
                : std::nullopt;
        return other ? address_of(*other, bytes.subspan(sizeof(rtvia))) : std::nullopt;
    }
    return std::nullopt;
}

bool is_alive(unsigned flags) {
    return (flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) == 0;
}

/// The ways of a route that has more than one. `route` says what all of them share.
std::vector<RouteHop> read_multipath(std::span<const std::byte> bytes, vrrp::Family family,
                                     const RouteHop& route) {
    std::vector<RouteHop> hops;
    while (bytes.size() >= sizeof(rtnexthop)) {
        const auto& next = *reinterpret_cast<const rtnexthop*>(bytes.data());
        if (next.rtnh_len < sizeof(rtnexthop) || next.rtnh_len > bytes.size()) {
            break;
        }
        Attributes attributes{};
        mnl_attr_parse_payload(bytes.data() + sizeof(rtnexthop), next.rtnh_len - sizeof(rtnexthop),
                               keep, &attributes);
        RouteHop hop = route;
        hop.via = gateway_of(attributes, family);
        hop.link_index = next.rtnh_ifindex;
        hop.is_alive = is_alive(next.rtnh_flags);
        hops.push_back(hop);
        const std::size_t step = MNL_ALIGN(next.rtnh_len);
        bytes = bytes.subspan(std::min(step, bytes.size()));
    }
    return hops;
}

}  // namespace

bool RouteHop::is_same(const RouteHop& other) const {
    return metric == other.metric && tos == other.tos && type == other.type && via == other.via &&
           link_index == other.link_index;
}

std::optional<RouteMessage> decode_route_message(const nlmsghdr& message) {
    if ((message.nlmsg_type != RTM_NEWROUTE && message.nlmsg_type != RTM_DELROUTE) ||
        mnl_nlmsg_get_payload_len(&message) < sizeof(rtmsg)) {
        return std::nullopt;
    }
    const auto& header = *static_cast<const rtmsg*>(mnl_nlmsg_get_payload(&message));
    const auto family = family_of(header.rtm_family);
    Attributes attributes{};
    if (!family || (header.rtm_flags & RTM_F_CLONED) != 0 ||
        mnl_attr_parse(&message, sizeof header, keep, &attributes) < 0) {
        return std::nullopt;
    }
    const std::array<std::byte, 16> zeros{};
    const auto network = attributes[RTA_DST] != nullptr
                             ? address_of(*family, payload(*attributes[RTA_DST]))
                             : address_of(*family, zeros);
    if (!network || header.rtm_dst_len > 8 * vrrp::address_size(*family)) {
        return std::nullopt;
    }
    RouteMessage route{.is_gone = message.nlmsg_type == RTM_DELROUTE,
                       .is_replaced = (message.nlmsg_flags & NLM_F_REPLACE) != 0,
                       .network = {*network, header.rtm_dst_len},
                       .table = number_of(attributes[RTA_TABLE]).value_or(header.rtm_table),
                       .hops = {}};
    RouteHop hop{.metric = number_of(attributes[RTA_PRIORITY]).value_or(0),
                 .tos = header.rtm_tos,
                 .type = header.rtm_type,
                 .via = gateway_of(attributes, *family),
                 .link_index = static_cast<int>(number_of(attributes[RTA_OIF]).value_or(0)),
                 .is_alive = is_alive(header.rtm_flags)};
    if (attributes[RTA_MULTIPATH] != nullptr) {
        route.hops = read_multipath(payload(*attributes[RTA_MULTIPATH]), *family, hop);
    } else {
        route.hops.push_back(hop);
    }
    return route.hops.empty() ? std::nullopt : std::optional(std::move(route));
}

}  // namespace net
