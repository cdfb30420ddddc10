#pragma once

#include "vrrp/address.hpp"

#include <linux/netlink.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace net {

/// A way that a route has.
struct RouteHop {
    std::uint32_t metric = 0;  ///< of its route
    std::uint8_t tos = 0;      ///< of its route
    std::uint8_t type = 1;     ///< of its route, as in rtnetlink: 1 forwards, 6 drops, 7 refuses
    std::optional<vrrp::IpAddress> via;  ///< nullopt: the network is on the link
    int link_index = 0;                  ///< 0: none
    bool is_alive = true;                ///< false: the kernel knows that nothing passes there now

    /// Whether both are the same way, alive or not.
    [[nodiscard]] bool is_same(const RouteHop& other) const;

    friend bool operator==(const RouteHop&, const RouteHop&) = default;
};

/// What one rtnetlink message tells of a route.
struct RouteMessage {
    bool is_gone = false;      ///< the route is no more
    bool is_replaced = false;  ///< it takes the place of others with its metric
    vrrp::VirtualAddress network;
    std::uint32_t table = 0;
    std::vector<RouteHop> hops;  ///< at least one
};

/// Reads a message of at least `message.nlmsg_len` bytes; nullopt where it is about other things,
/// about what the kernel only remembers for a while, or malformed.
[[nodiscard]] std::optional<RouteMessage> decode_route_message(const nlmsghdr& message);

}  // namespace net
