#pragma once

#include "vrrp/address.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace net {

/// Our mark on the routes and rules that we put into the kernel (RTA_PROTOCOL).
inline constexpr std::uint8_t our_route_protocol = 112;

/// Numbers of rtnetlink: what a route does with packets.
enum class RouteType : std::uint8_t {
    unicast = 1,
    local = 2,
    broadcast = 3,
    multicast = 5,
    blackhole = 6,
    unreachable = 7,
    prohibit = 8,
    throws = 9,
};

/// One of the ways of a route.
struct RouteWay {
    std::optional<vrrp::IpAddress> via;  ///< also of the other family: IPv4 by way of IPv6
    std::string interface;               ///< empty: the one on which `via` is
    int weight = 1;                      ///< 1 to 256, among several ways
    bool is_onlink = false;              ///< `via` is on the link whatever the addresses there say

    friend bool operator==(const RouteWay&, const RouteWay&) = default;
};

/// A number of a route's metrics (RTAX_…), and whether it is locked against discovery.
struct RouteMetric {
    std::uint16_t kind = 0;
    std::uint32_t value = 0;
    bool is_locked = false;

    friend bool operator==(const RouteMetric&, const RouteMetric&) = default;
};

/// A route as it is wanted.
struct Route {
    RouteType type = RouteType::unicast;
    vrrp::VirtualAddress network;           ///< of length 0: all of its family
    std::vector<RouteWay> ways;             ///< none: for a type that leads nowhere
    std::optional<vrrp::IpAddress> source;  ///< of what the host itself sends there
    std::optional<std::uint32_t> priority;  ///< its metric: the least counts
    std::uint32_t table = 254;              ///< main
    std::optional<std::uint8_t> scope;      ///< nullopt: what goes with the ways
    std::uint8_t tos = 0;
    std::vector<RouteMetric> metrics;
    std::string congestion_control;  ///< empty: the host's

    friend bool operator==(const Route&, const Route&) = default;
};

/// What a rule does with the packets that it is about.
enum class RuleAction : std::uint8_t {
    table = 1,
    go_to = 2,
    nop = 3,
    blackhole = 6,
    unreachable = 7,
    prohibit = 8,
};

/// Ports or user ids, from the first to the last.
template <class Number>
using NumberRange = std::pair<Number, Number>;

/// A rule that says which table a packet's route is looked up in.
struct RouteRule {
    vrrp::Family family = vrrp::Family::ipv4;
    std::uint32_t priority = 0;  ///< the order of the rules; the least comes first
    bool is_inverted = false;    ///< about all packets but these
    std::optional<vrrp::VirtualAddress> from;
    std::optional<vrrp::VirtualAddress> to;
    std::uint8_t tos = 0;
    std::optional<std::uint32_t> mark;
    std::optional<std::uint32_t> mark_mask;
    std::string input_interface;
    std::string output_interface;
    std::optional<std::uint8_t> protocol;  ///< of IP: 6 is TCP
    std::optional<NumberRange<std::uint16_t>> source_ports;
    std::optional<NumberRange<std::uint16_t>> destination_ports;
    std::optional<NumberRange<std::uint32_t>> users;
    bool is_for_vrf = false;  ///< l3mdev
    RuleAction action = RuleAction::table;
    std::uint32_t target = 0;  ///< the table, or the priority to go to
    std::optional<std::uint32_t> suppressed_prefix_length;
    std::optional<std::uint32_t> suppressed_group;

    friend bool operator==(const RouteRule&, const RouteRule&) = default;
};

/// "default via 192.0.2.1 dev eth0 table 100": as ip(8) would show it, shortened.
[[nodiscard]] std::string to_text(const Route& route);
/// "100: from 192.0.2.60/32 lookup 100"
[[nodiscard]] std::string to_text(const RouteRule& rule);

}  // namespace net
