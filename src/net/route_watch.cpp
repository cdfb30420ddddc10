#include "net/route_watch.hpp"

#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace net {

namespace {

/// A question for the routes of one table; the kernel tells of that one only, since Linux 4.20.
std::vector<std::byte> routes_of_table(vrrp::Family family, std::uint32_t table) {
    struct {
        rtmsg header{};
        rtattr table_header{.rta_len = sizeof(rtattr) + sizeof(std::uint32_t),
                            .rta_type = RTA_TABLE};
        std::uint32_t table = 0;
    } request;
    request.header.rtm_family = family == vrrp::Family::ipv4 ? AF_INET : AF_INET6;
    request.table = table;
    std::vector<std::byte> bytes(sizeof request);
    std::memcpy(bytes.data(), &request, sizeof request);
    return bytes;
}

KernelTopic topic(const vrrp::VirtualAddress& network, std::uint32_t table) {
    const bool is_ipv4 = network.address.family() == vrrp::Family::ipv4;
    return {.name = "routes",
            .groups = {is_ipv4 ? RTNLGRP_IPV4_ROUTE : RTNLGRP_IPV6_ROUTE, RTNLGRP_LINK},
            .filter = route_notice_filter(network),
            .request = RTM_GETROUTE,
            .wish = routes_of_table(network.address.family(), table)};
}

const ifinfomsg* link_of(const nlmsghdr& message) {
    const bool is_link = message.nlmsg_type == RTM_NEWLINK || message.nlmsg_type == RTM_DELLINK;
    return is_link && message.nlmsg_len >= NLMSG_HDRLEN + sizeof(ifinfomsg)
               ? reinterpret_cast<const ifinfomsg*>(&message + 1)
               : nullptr;
}

}  // namespace

bool RouteTable::apply(const RouteMessage& message) {
    if (message.network != network_ || message.table != table_) {
        return false;
    }
    if (message.is_replaced) {
        const RouteHop& route = message.hops.front();
        std::erase_if(hops_, [&route](const RouteHop& known) {
            return known.metric == route.metric && known.tos == route.tos;
        });
    }
    for (const RouteHop& hop : message.hops) {
        std::erase_if(hops_, [&hop](const RouteHop& known) { return known.is_same(hop); });
        if (!message.is_gone) {
            hops_.push_back(hop);
        }
    }
    return true;
}

RouteWatch::RouteWatch(const vrrp::VirtualAddress& network, std::uint32_t table, os::Loop& loop,
                       OnChange on_change)
    : table_(network, table),
      dumped_(network, table),
      empty_(network, table),
      on_change_(std::move(on_change)),
      follower_(topic(network, table), listener(), loop) {}

KernelListener RouteWatch::listener() {
    return {.on_begin = [this] { dumped_ = empty_; },
            .on_dumped =
                [this](nlmsghdr& message) {
                    if (const auto route = decode_route_message(message)) {
                        dumped_.apply(*route);
                    }
                },
            .on_end =
                [this](vrrp::Instant /*now*/) {
                    has_changed_ |= !is_known_ || dumped_.hops() != table_.hops();
                    is_known_ = true;
                    table_ = dumped_;
                },
            .on_notice = [this](nlmsghdr& message) { return take_notice(message); },
            .on_done = [this](vrrp::Instant now) { finish(now); }};
}

/// When a link goes, the kernel takes IPv4 routes away without a word.
NoticeEffect RouteWatch::take_notice(nlmsghdr& message) {
    if (const ifinfomsg* const link = link_of(message)) {
        constexpr unsigned of_interest = IFF_UP | IFF_RUNNING | IFF_LOWER_UP;
        const unsigned flags =
            message.nlmsg_type == RTM_DELLINK ? 0 : link->ifi_flags & of_interest;
        if (!is_on_the_way(link->ifi_index) && !link_flags_.contains(link->ifi_index)) {
            return NoticeEffect::none;
        }
        const auto [known, is_new] = link_flags_.try_emplace(link->ifi_index, flags);
        const bool is_same = !is_new && std::exchange(known->second, flags) == flags;
        if (message.nlmsg_type == RTM_DELLINK) {
            link_flags_.erase(known);
        }
        return is_same ? NoticeEffect::none : NoticeEffect::unclear;
    }
    const auto route = decode_route_message(message);
    if (!route || !table_.apply(*route)) {
        return NoticeEffect::none;
    }
    has_changed_ = true;
    return NoticeEffect::taken;
}

bool RouteWatch::is_on_the_way(int link_index) const {
    return std::ranges::find(hops(), link_index, &RouteHop::link_index) != hops().end();
}

void RouteWatch::finish(vrrp::Instant now) {
    if (is_known_ && std::exchange(has_changed_, false)) {
        on_change_(now);
    }
}

}  // namespace net
