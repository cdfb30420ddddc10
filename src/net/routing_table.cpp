#include "net/routing_table.hpp"

#include "net/kernel_answer.hpp"

#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace net {

namespace {

using Result = std::expected<void, os::Error>;

/// Room for a route with some hundred ways.
constexpr std::size_t buffer_size = 16UL * 1024UL;

std::uint8_t family_number(vrrp::Family family) {
    return family == vrrp::Family::ipv4 ? AF_INET : AF_INET6;
}

void put_address(nlmsghdr& message, std::uint16_t kind, const vrrp::IpAddress& address) {
    mnl_attr_put(&message, kind, address.bytes().size(), address.bytes().data());
}

std::expected<std::uint32_t, os::Error> index_of(const std::string& interface) {
    const unsigned index = if_nametoindex(interface.c_str());
    return index == 0 ? std::unexpected(os::last_error("find interface " + interface))
                      : std::expected<std::uint32_t, os::Error>(index);
}

/// RTA_GATEWAY, or RTA_VIA where it is of the other family.
void put_gateway(nlmsghdr& message, const vrrp::IpAddress& via, vrrp::Family family) {
    if (via.family() == family) {
        put_address(message, RTA_GATEWAY, via);
        return;
    }
    std::vector<std::byte> bytes(sizeof(rtvia));
    reinterpret_cast<rtvia*>(bytes.data())->rtvia_family = family_number(via.family());
    bytes.insert(bytes.end(), via.bytes().begin(), via.bytes().end());
    mnl_attr_put(&message, RTA_VIA, bytes.size(), bytes.data());
}

Result put_way(nlmsghdr& message, const RouteWay& way, vrrp::Family family) {
    if (way.via) {
        put_gateway(message, *way.via, family);
    }
    if (!way.interface.empty()) {
        const auto index = index_of(way.interface);
        if (!index) {
            return std::unexpected(index.error());
        }
        mnl_attr_put_u32(&message, RTA_OIF, *index);
    }
    return {};
}

/// Several ways stand in one attribute, each with attributes of its own behind its header.
Result put_ways(nlmsghdr& message, const std::vector<RouteWay>& ways, vrrp::Family family) {
    nlattr* const all = mnl_attr_nest_start(&message, RTA_MULTIPATH);
    for (const RouteWay& way : ways) {
        const std::size_t start = message.nlmsg_len;
        auto& header =
            *static_cast<rtnexthop*>(mnl_nlmsg_put_extra_header(&message, sizeof(rtnexthop)));
        header.rtnh_hops = static_cast<std::uint8_t>(way.weight - 1);
        header.rtnh_flags = way.is_onlink ? RTNH_F_ONLINK : 0;
        if (!way.interface.empty()) {
            const auto index = index_of(way.interface);
            if (!index) {
                return std::unexpected(index.error());
            }
            header.rtnh_ifindex = static_cast<int>(*index);
        }
        if (way.via) {
            put_gateway(message, *way.via, family);
        }
        header.rtnh_len = static_cast<std::uint16_t>(message.nlmsg_len - start);
    }
    mnl_attr_nest_end(&message, all);
    return {};
}

void put_metrics(nlmsghdr& message, const Route& route) {
    if (route.metrics.empty() && route.congestion_control.empty()) {
        return;
    }
    nlattr* const all = mnl_attr_nest_start(&message, RTA_METRICS);
    std::uint32_t locked = 0;
    for (const RouteMetric& metric : route.metrics) {
        mnl_attr_put_u32(&message, metric.kind, metric.value);
        locked |= metric.is_locked ? 1U << metric.kind : 0U;
    }
    if (locked != 0) {
        mnl_attr_put_u32(&message, RTAX_LOCK, locked);
    }
    if (!route.congestion_control.empty()) {
        mnl_attr_put_strz(&message, RTAX_CC_ALGO, route.congestion_control.c_str());
    }
    mnl_attr_nest_end(&message, all);
}

/// What the ways make of it: a network on the link, or somewhere behind a router.
std::uint8_t scope_of(const Route& route) {
    if (route.scope) {
        return *route.scope;
    }
    if (route.type == RouteType::local) {
        return RT_SCOPE_HOST;
    }
    const bool has_gateway =
        std::ranges::any_of(route.ways, [](const RouteWay& way) { return way.via.has_value(); });
    const bool is_ipv4 = route.network.address.family() == vrrp::Family::ipv4;
    return is_ipv4 && route.type == RouteType::unicast && !has_gateway && !route.ways.empty()
               ? RT_SCOPE_LINK
               : RT_SCOPE_UNIVERSE;
}

Result put(nlmsghdr& message, const Route& route) {
    const vrrp::Family family = route.network.address.family();
    auto& header = *static_cast<rtmsg*>(mnl_nlmsg_put_extra_header(&message, sizeof(rtmsg)));
    header.rtm_family = family_number(family);
    header.rtm_dst_len = route.network.prefix_length;
    header.rtm_tos = route.tos;
    header.rtm_table = route.table < 256 ? static_cast<std::uint8_t>(route.table) : 0;
    header.rtm_protocol = our_route_protocol;
    header.rtm_scope = scope_of(route);
    header.rtm_type = static_cast<std::uint8_t>(route.type);
    if (route.network.prefix_length > 0) {
        put_address(message, RTA_DST, route.network.address);
    }
    mnl_attr_put_u32(&message, RTA_TABLE, route.table);
    if (route.priority) {
        mnl_attr_put_u32(&message, RTA_PRIORITY, *route.priority);
    }
    if (route.source) {
        put_address(message, RTA_PREFSRC, *route.source);
    }
    put_metrics(message, route);
    if (route.ways.size() == 1) {
        header.rtm_flags = route.ways.front().is_onlink ? RTNH_F_ONLINK : 0;
        return put_way(message, route.ways.front(), family);
    }
    return route.ways.empty() ? Result() : put_ways(message, route.ways, family);
}

template <class Number>
void put_range(nlmsghdr& message, std::uint16_t kind,
               const std::optional<NumberRange<Number>>& range) {
    if (range) {
        const std::array<Number, 2> numbers = {range->first, range->second};
        mnl_attr_put(&message, kind, sizeof numbers, numbers.data());
    }
}

void put_prefix(nlmsghdr& message, std::uint16_t kind, std::uint8_t& length,
                const std::optional<vrrp::VirtualAddress>& network) {
    if (network) {
        length = network->prefix_length;
        put_address(message, kind, network->address);
    }
}

void put_number(nlmsghdr& message, std::uint16_t kind, const std::optional<std::uint32_t>& number) {
    if (number) {
        mnl_attr_put_u32(&message, kind, *number);
    }
}

Result put(nlmsghdr& message, const RouteRule& rule) {
    auto& header =
        *static_cast<fib_rule_hdr*>(mnl_nlmsg_put_extra_header(&message, sizeof(fib_rule_hdr)));
    header.family = family_number(rule.family);
    header.tos = rule.tos;
    header.action = static_cast<std::uint8_t>(rule.action);
    header.flags = rule.is_inverted ? FIB_RULE_INVERT : 0;
    put_prefix(message, FRA_SRC, header.src_len, rule.from);
    put_prefix(message, FRA_DST, header.dst_len, rule.to);
    mnl_attr_put_u32(&message, FRA_PRIORITY, rule.priority);
    mnl_attr_put_u8(&message, FRA_PROTOCOL, our_route_protocol);
    if (rule.action == RuleAction::table) {
        mnl_attr_put_u32(&message, FRA_TABLE, rule.target);
    } else if (rule.action == RuleAction::go_to) {
        mnl_attr_put_u32(&message, FRA_GOTO, rule.target);
    }
    put_number(message, FRA_FWMARK, rule.mark);
    put_number(message, FRA_FWMASK, rule.mark_mask);
    put_number(message, FRA_SUPPRESS_PREFIXLEN, rule.suppressed_prefix_length);
    put_number(message, FRA_SUPPRESS_IFGROUP, rule.suppressed_group);
    if (!rule.input_interface.empty()) {
        mnl_attr_put_strz(&message, FRA_IIFNAME, rule.input_interface.c_str());
    }
    if (!rule.output_interface.empty()) {
        mnl_attr_put_strz(&message, FRA_OIFNAME, rule.output_interface.c_str());
    }
    if (rule.protocol) {
        mnl_attr_put_u8(&message, FRA_IP_PROTO, *rule.protocol);
    }
    if (rule.is_for_vrf) {
        mnl_attr_put_u8(&message, FRA_L3MDEV, 1);
    }
    put_range(message, FRA_SPORT_RANGE, rule.source_ports);
    put_range(message, FRA_DPORT_RANGE, rule.destination_ports);
    put_range(message, FRA_UID_RANGE, rule.users);
    return {};
}

}  // namespace

std::expected<RoutingTable, os::Error> RoutingTable::open() {
    RoutingTable table;
    table.socket_ = os::Fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!table.socket_.is_open()) {
        return std::unexpected(os::last_error("open a netlink socket"));
    }
    const int on = 1;  // not needed: explanations, and short answers
    setsockopt(table.socket_.get(), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
    setsockopt(table.socket_.get(), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
    return table;
}

/// `harmless`: an errno that means that it is so already.
std::expected<void, os::Error> RoutingTable::request(nlmsghdr& message, const std::string& doing,
                                                     int harmless) {
    message.nlmsg_seq = ++sequence_;
    if (send(socket_.get(), &message, message.nlmsg_len, MSG_DONTWAIT) < 0) {
        return std::unexpected(os::last_error(doing));
    }
    // The kernel has done its work and answered within send.
    alignas(nlmsghdr) std::array<std::byte, 8192> buffer;
    for (;;) {
        const auto size = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (size < 0) {
            return std::unexpected(os::last_error(doing));
        }
        int rest = static_cast<int>(size);
        const auto* answered = reinterpret_cast<const nlmsghdr*>(buffer.data());
        for (; mnl_nlmsg_ok(answered, rest); answered = mnl_nlmsg_next(answered, &rest)) {
            const auto answer = decode_kernel_answer(*answered);
            if (!answer || answer->sequence != sequence_) {
                continue;
            }
            if (answer->code == 0 || answer->code == harmless) {
                return {};
            }
            const std::string why =
                answer->explanation.empty() ? "" : " (" + answer->explanation + ")";
            return std::unexpected(os::Error{answer->code, doing + why});
        }
    }
}

namespace {

/// How a kind of thing is put into the kernel and taken out.
struct Verb {
    std::string name;
    std::uint16_t type = 0;
    std::uint16_t flags = 0;
    int harmless = 0;
    bool bears_missing_link = false;  ///< what is on a link goes with it
};

template <class Thing, class Request>
Result for_each(std::span<const Thing> things, const Verb& verb, Request request) {
    Result result;
    std::vector<char> buffer(buffer_size);
    for (const Thing& thing : things) {
        auto& message = *mnl_nlmsg_put_header(buffer.data());
        message.nlmsg_type = verb.type;
        message.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | verb.flags);
        const std::string doing = verb.name + to_text(thing);
        Result done = put(message, thing);
        if (done) {
            done = request(message, doing);
        } else {
            done.error().doing = doing + ": " + done.error().doing;
            if (verb.bears_missing_link) {
                done = {};
            }
        }
        if (result && !done) {
            result = std::move(done);
        }
    }
    return result;
}

}  // namespace

std::expected<void, os::Error> RoutingTable::install(std::span<const Route> routes) {
    const Verb verb{"install route ", RTM_NEWROUTE, NLM_F_CREATE, EEXIST};
    return for_each(routes, verb, [&](nlmsghdr& message, const std::string& doing) {
        return request(message, doing, verb.harmless);
    });
}

std::expected<void, os::Error> RoutingTable::install(std::span<const RouteRule> rules) {
    const Verb verb{"install rule ", RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, EEXIST};
    return for_each(rules, verb, [&](nlmsghdr& message, const std::string& doing) {
        return request(message, doing, verb.harmless);
    });
}

std::expected<void, os::Error> RoutingTable::remove(std::span<const Route> routes) {
    const Verb verb{"remove route ", RTM_DELROUTE, 0, ESRCH, true};
    return for_each(routes, verb, [&](nlmsghdr& message, const std::string& doing) {
        return request(message, doing, verb.harmless);
    });
}

std::expected<void, os::Error> RoutingTable::remove(std::span<const RouteRule> rules) {
    const Verb verb{"remove rule ", RTM_DELRULE, 0, ENOENT};
    return for_each(rules, verb, [&](nlmsghdr& message, const std::string& doing) {
        return request(message, doing, verb.harmless);
    });
}

}  // namespace net
