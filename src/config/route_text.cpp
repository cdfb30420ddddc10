#include "config/route_text.hpp"

#include "config/address_values.hpp"
#include "config/route_words.hpp"
#include "config/text.hpp"
#include "config/values.hpp"

#include <fmt/format.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace config {

namespace {

constexpr std::uint32_t largest = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t max_ways = 64;

constexpr std::array<std::pair<std::string_view, net::RouteType>, 8> types = {{
    {"unicast", net::RouteType::unicast},
    {"local", net::RouteType::local},
    {"broadcast", net::RouteType::broadcast},
    {"multicast", net::RouteType::multicast},
    {"blackhole", net::RouteType::blackhole},
    {"unreachable", net::RouteType::unreachable},
    {"prohibit", net::RouteType::prohibit},
    {"throw", net::RouteType::throws},
}};

/// Words of a route that are followed by a number of the kernel's metrics, maybe after "lock".
constexpr std::array<std::pair<std::string_view, std::uint16_t>, 9> metrics = {{
    {"mtu", RTAX_MTU},
    {"advmss", RTAX_ADVMSS},
    {"window", RTAX_WINDOW},
    {"cwnd", RTAX_CWND},
    {"ssthresh", RTAX_SSTHRESH},
    {"reordering", RTAX_REORDERING},
    {"initcwnd", RTAX_INITCWND},
    {"initrwnd", RTAX_INITRWND},
    {"hoplimit", RTAX_HOPLIMIT},
}};

constexpr std::array<std::pair<std::string_view, std::uint8_t>, 4> scopes = {
    {{"global", RT_SCOPE_UNIVERSE},
     {"site", RT_SCOPE_SITE},
     {"link", RT_SCOPE_LINK},
     {"host", RT_SCOPE_HOST}}};

bool leads_nowhere(net::RouteType type) {
    return type == net::RouteType::blackhole || type == net::RouteType::unreachable ||
           type == net::RouteType::prohibit || type == net::RouteType::throws;
}

class RouteReader {
public:
    explicit RouteReader(std::span<const std::string> words) : words_(words) {}

    std::expected<net::Route, RouteError> read() {
        for (const auto& [word, type] : types) {
            if (words_.take(word)) {
                route_.type = type;
            }
        }
        if (words_.take("inet6")) {
            family_ = vrrp::Family::ipv6;
        } else if (words_.take("inet")) {
            family_ = vrrp::Family::ipv4;
        }
        words_.take("to");
        is_default_ = !words_.is_done() && words_.peek().find_first_of(".:/") == std::string::npos;
        if (const auto network = words_.take_network(family_)) {
            route_.network = *network;
        }
        while (!words_.is_done()) {
            read_option();
        }
        finish();
        if (words_.error()) {
            return std::unexpected(*words_.error());
        }
        return std::move(route_);
    }

private:
    void read_option() {
        if (read_way(way_) || read_metric()) {
            has_way_ = has_way_ || way_ != net::RouteWay();
        } else if (words_.take("src")) {
            route_.source = words_.take_address("src");
        } else if (words_.take("metric") || words_.take("priority") || words_.take("preference")) {
            route_.priority = words_.take_number("metric", 0, largest);
        } else if (words_.take("table")) {
            route_.table = words_.take_table();
        } else if (words_.take("scope")) {
            read_scope();
        } else if (words_.take("tos") || words_.take("dsfield")) {
            route_.tos = static_cast<std::uint8_t>(words_.take_number("tos", 0, 255));
        } else if (words_.take("congctl")) {
            words_.take("lock");
            route_.congestion_control = words_.take_any("a congestion control");
        } else if (words_.take("quickack")) {
            route_.metrics.push_back({RTAX_QUICKACK, words_.take_number("quickack", 0, 1), false});
        } else if (words_.take("fastopen_no_cookie")) {
            route_.metrics.push_back(
                {RTAX_FASTOPEN_NO_COOKIE, words_.take_number("fastopen_no_cookie", 0, 1), false});
        } else if (words_.take("nexthop")) {
            read_next_hop();
        } else if (words_.take("protocol") || words_.take("proto")) {
            // Ours all bear one mark, so that they are known again.
            (void)words_.take_any("a protocol");
        } else {
            words_.fail_next(
                fmt::format("{} is not known in a route", in_quotes(words_.peek())),
                "known: via, dev, src, metric, table, scope, tos, onlink, mtu, advmss, window, "
                "cwnd, ssthresh, reordering, initcwnd, initrwnd, hoplimit, congctl, quickack, "
                "fastopen_no_cookie, nexthop");
        }
    }

    bool read_way(net::RouteWay& way) {
        if (words_.take("via") || words_.take("gw")) {
            (void)(words_.take("inet") || words_.take("inet6"));
            way.via = words_.take_address("via");
        } else if (words_.take("dev") || words_.take("oif")) {
            way.interface = words_.take_interface();
        } else if (words_.take("onlink")) {
            way.is_onlink = true;
        } else {
            return false;
        }
        return true;
    }

    bool read_metric() {
        for (const auto& [word, kind] : metrics) {
            if (words_.take(word)) {
                const bool is_locked = words_.take("lock");
                const std::uint32_t value = words_.take_number(word, 0, largest);
                route_.metrics.push_back({kind, value, is_locked});
                return true;
            }
        }
        return false;
    }

    void read_scope() {
        const std::string text = words_.take_any("a scope");
        for (const auto& [name, number] : scopes) {
            if (text == name) {
                route_.scope = number;
                return;
            }
        }
        const auto number = to_whole_number(text);
        if (!number || *number > 255) {
            words_.fail(fmt::format("scope is {}, expected global, site, link, host or a number",
                                    in_quotes(text)));
        }
        route_.scope = static_cast<std::uint8_t>(number.value_or(0));
    }

    /// They come last: all that follows belongs to one of them.
    void read_next_hop() {
        net::RouteWay way;
        while (!words_.is_done() && words_.peek() != "nexthop") {
            if (read_way(way)) {
                continue;
            }
            if (!words_.take("weight")) {
                words_.fail_next(
                    fmt::format("{} is not known in a next hop", in_quotes(words_.peek())),
                    "known: via, dev, weight, onlink; next hops come last");
                return;
            }
            way.weight = static_cast<int>(words_.take_number("weight", 1, 256));
        }
        route_.ways.push_back(way);
        if (route_.ways.size() > max_ways) {
            words_.fail(fmt::format("a route has at most {} next hops", max_ways));
        }
    }

    void finish() {
        if (words_.error()) {
            return;
        }
        if (has_way_ && !route_.ways.empty()) {
            words_.fail("a route has either one way (via, dev) or next hops");
        } else if (has_way_) {
            route_.ways.push_back(way_);
        }
        if (leads_nowhere(route_.type) != route_.ways.empty()) {
            words_.fail(leads_nowhere(route_.type)
                            ? "a route of this type leads nowhere, and has neither via nor dev"
                            : "the route says neither via nor dev");
        }
        check_families();
    }

    /// "default" alone is of the family of what stands with it. IPv4 may go by way of IPv6.
    void check_families() {
        const bool is_open = is_default_ && !family_;
        const bool is_v4_by_v6 = !is_open && route_.network.address.family() == vrrp::Family::ipv4;
        for (const net::RouteWay& way : route_.ways) {
            if (way.via) {
                settle_family(way.via->family(), is_open, is_v4_by_v6);
            }
        }
        if (route_.source) {
            settle_family(route_.source->family(), is_open, false);
        }
    }

    void settle_family(vrrp::Family family, bool is_open, bool may_differ) {
        if (family == route_.network.address.family()) {
            return;
        }
        if (is_open) {
            const std::array<std::byte, 16> zeros{};
            route_.network.address = vrrp::IpAddress::from_bytes(family, zeros);
        } else if (!may_differ || family == vrrp::Family::ipv4) {
            words_.fail(fmt::format("an {} address stands in a route of the other family",
                                    family_text(family)));
        }
    }

    RouteWords words_;
    net::Route route_;
    net::RouteWay way_;
    std::optional<vrrp::Family> family_;
    bool is_default_ = false;
    bool has_way_ = false;
};

}  // namespace

std::expected<net::Route, RouteError> to_route(std::span<const std::string> words) {
    return RouteReader(words).read();
}

}  // namespace config
