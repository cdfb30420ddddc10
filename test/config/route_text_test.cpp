#include "config/route_text.hpp"

#include <linux/rtnetlink.h>

#include <sstream>
#include <string>
#include <vector>

#include "catch2.hpp"

namespace {

using vrrp::IpAddress;
using vrrp::VirtualAddress;

std::vector<std::string> words_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) {
        words.push_back(word);
    }
    return words;
}

net::Route route(const std::string& text) {
    const auto read = config::to_route(words_of(text));
    CAPTURE(text);
    REQUIRE(read);
    return *read;
}

net::RouteRule rule(const std::string& text) {
    const auto read = config::to_route_rule(words_of(text), 16384);
    CAPTURE(text);
    REQUIRE(read);
    return *read;
}

/// "3: what is wrong": the number of the word, from 1 on.
std::string route_error(const std::string& text) {
    const auto read = config::to_route(words_of(text));
    REQUIRE_FALSE(read);
    return std::to_string(read.error().word + 1) + ": " + read.error().complaint.message;
}

std::string rule_error(const std::string& text) {
    const auto read = config::to_route_rule(words_of(text), 16384);
    REQUIRE_FALSE(read);
    return std::to_string(read.error().word + 1) + ": " + read.error().complaint.message;
}

const IpAddress gateway(192, 0, 2, 1);
const IpAddress gateway6 = *IpAddress::from_text("2001:db8::1");

}  // namespace

TEST_CASE("a route is read as ip(8) writes it", "[config]") {
    const net::Route plain = route("10.0.0.0/8 via 192.0.2.1");
    CHECK(plain.network == VirtualAddress{IpAddress(10, 0, 0, 0), 8});
    CHECK(plain.ways == std::vector{net::RouteWay{.via = gateway, .interface = {}}});
    CHECK(plain.table == 254);
    CHECK_FALSE(plain.priority);

    const net::Route full = route(
        "unicast to 10.1.2.3 via 192.0.2.1 dev eth1 onlink src 192.0.2.60 metric 50 table 100 "
        "scope "
        "link tos 0x10 mtu lock 1400 advmss 1300 initcwnd 20 congctl bbr quickack 1");
    CHECK(full.network == VirtualAddress{IpAddress(10, 1, 2, 3), 32});
    CHECK(full.ways ==
          std::vector{net::RouteWay{.via = gateway, .interface = "eth1", .is_onlink = true}});
    CHECK(full.source == IpAddress(192, 0, 2, 60));
    CHECK(full.priority == 50);
    CHECK(full.table == 100);
    CHECK(full.scope == RT_SCOPE_LINK);
    CHECK(full.tos == 16);
    CHECK(full.metrics == std::vector<net::RouteMetric>{{RTAX_MTU, 1400, true},
                                                        {RTAX_ADVMSS, 1300, false},
                                                        {RTAX_INITCWND, 20, false},
                                                        {RTAX_QUICKACK, 1, false}});
    CHECK(full.congestion_control == "bbr");
}

TEST_CASE("a default route is of the family of what stands with it", "[config]") {
    CHECK(route("default via 192.0.2.1").network == VirtualAddress{IpAddress(), 0});
    CHECK(route("default via 2001:db8::1").network.address.family() == vrrp::Family::ipv6);
    CHECK(route("inet6 default dev eth0").network.address.family() == vrrp::Family::ipv6);
    CHECK(route("default dev eth0 src 2001:db8::60").network.address.family() ==
          vrrp::Family::ipv6);
    CHECK(route("10.0.0.0/8 via inet6 2001:db8::1 dev eth0").ways.front().via == gateway6);
}

TEST_CASE("a route may lead nowhere, or several ways", "[config]") {
    CHECK(route("blackhole 10.0.0.0/8").type == net::RouteType::blackhole);
    CHECK(route("blackhole 10.0.0.0/8").ways.empty());
    CHECK(route("10.0.0.0/8 metric 5 nexthop via 192.0.2.1 weight 3 nexthop dev eth1").ways ==
          std::vector{net::RouteWay{.via = gateway, .interface = {}, .weight = 3},
                      net::RouteWay{.via = {}, .interface = "eth1"}});
}

TEST_CASE("what is wrong in a route is told with its word", "[config]") {
    CHECK(route_error("10.0.0.0/8") == "1: the route says neither via nor dev");
    CHECK(route_error("10.0.0.1/8 via 192.0.2.1") ==
          "1: \"10.0.0.1/8\" is no network: bits behind its prefix are set");
    CHECK(route_error("10.0.0.0/33 dev eth0") ==
          "1: the prefix of \"10.0.0.0/33\" is none from 0 to 32");
    CHECK(route_error("defualt via 192.0.2.1") ==
          "1: \"defualt\" is neither a network nor a word that is known here");
    CHECK(route_error("10.0.0.0/8 vai 192.0.2.1") == "2: \"vai\" is not known in a route");
    CHECK(route_error("10.0.0.0/8 via") == "3: via is missing at the end");
    CHECK(route_error("10.0.0.0/8 via 192.0.2.300").starts_with("3: "));
    CHECK(route_error("10.0.0.0/8 dev eth0 metric -1") ==
          "5: metric is \"-1\", expected a number from 0 to 4294967295");
    CHECK(route_error("10.0.0.0/8 dev eth0 table no-such-table") ==
          "5: there is no routing table \"no-such-table\"");
    CHECK(route_error("10.0.0.0/8 dev eth0 scope wide")
              .starts_with("5: scope is \"wide\", expected global"));
    CHECK(route_error("blackhole 10.0.0.0/8 dev eth0")
              .ends_with("a route of this type leads nowhere, and has neither via nor dev"));
    CHECK(route_error("2001:db8::/32 via 192.0.2.1")
              .ends_with("an IPv4 address stands in a route of the other family"));
    CHECK(route_error("10.0.0.0/8 dev eth0 nexthop via 192.0.2.1")
              .ends_with("a route has either one way (via, dev) or next hops"));
    CHECK(route_error("10.0.0.0/8 nexthop via 192.0.2.1 metric 3") ==
          "5: \"metric\" is not known in a next hop");
}

TEST_CASE("a rule is read as ip(8) writes it", "[config]") {
    const net::RouteRule plain = rule("from 192.0.2.60 table 100");
    CHECK(plain.from == VirtualAddress{IpAddress(192, 0, 2, 60), 32});
    CHECK(plain.action == net::RuleAction::table);
    CHECK(plain.target == 100);
    CHECK(plain.priority == 16384);

    const net::RouteRule full = rule(
        "not from 2001:db8::/32 to all iif eth0 oif eth1 fwmark 0x10/0xff ipproto tcp sport "
        "1000-2000 dport 443 uidrange 0-99 priority 50 suppress_prefixlength 0 lookup main");
    CHECK(full.family == vrrp::Family::ipv6);
    CHECK(full.is_inverted);
    CHECK_FALSE(full.to);
    CHECK(full.input_interface == "eth0");
    CHECK(full.output_interface == "eth1");
    CHECK(full.mark == 16);
    CHECK(full.mark_mask == 255);
    CHECK(full.protocol == 6);
    CHECK(full.source_ports == std::pair<std::uint16_t, std::uint16_t>(1000, 2000));
    CHECK(full.destination_ports == std::pair<std::uint16_t, std::uint16_t>(443, 443));
    CHECK(full.users == std::pair<std::uint32_t, std::uint32_t>(0, 99));
    CHECK(full.priority == 50);
    CHECK(full.suppressed_prefix_length == 0);
    CHECK(full.target == 254);

    CHECK(rule("to 10.0.0.0/8 prohibit").action == net::RuleAction::prohibit);
    CHECK(rule("inet6 from all goto 200").family == vrrp::Family::ipv6);
}

TEST_CASE("what is wrong in a rule is told with its word", "[config]") {
    CHECK(rule_error("from 192.0.2.60") == "3: the rule says nothing to do");
    CHECK(rule_error("form 192.0.2.60 table 1") == "1: \"form\" is not known in a rule");
    CHECK(rule_error("from 10.0.0.0/8 to 2001:db8::/32 table 1") ==
          "4: the networks of a rule are of one family");
    CHECK(rule_error("fwmark ten table 1").starts_with("2: fwmark is \"ten\""));
    CHECK(rule_error("sport 20-10 table 1").starts_with("2: sport is \"20-10\""));
    CHECK(rule_error("table 0") == "2: there is no routing table \"0\"");
}
