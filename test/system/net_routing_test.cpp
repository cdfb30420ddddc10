#include <linux/rtnetlink.h>

#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "net/routing_table.hpp"
#include "net_kernel_lab.hpp"

namespace net::test {

namespace {

using vrrp::IpAddress;
using vrrp::VirtualAddress;

/// What a command says.
std::string output_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    REQUIRE(pipe);
    std::string text;
    std::array<char, 4096> buffer;
    while (fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
        text += buffer.data();
    }
    return text;
}

/// A link "lan" in 192.0.2.0/24 and 2001:db8::/64.
void make_lan() {
    REQUIRE(
        run("ip link add lan type veth peer name far && ip link set lan up && "
            "ip link set far up && ip addr add 192.0.2.7/24 dev lan && "
            "ip addr add 192.0.2.60/24 dev lan && ip addr add 2001:db8::7/64 dev lan nodad"));
}

Route to_ten() {
    return {.network = {IpAddress(10, 0, 0, 0), 8},
            .ways = {{.via = IpAddress(192, 0, 2, 1), .interface = "lan"}}};
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("routes are put into the kernel and taken out", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_lan();
    auto table = RoutingTable::open();
    REQUIRE(table);
    Route full = to_ten();
    full.network = {IpAddress(10, 9, 0, 0), 16};
    full.source = IpAddress(192, 0, 2, 60);
    full.priority = 50;
    full.table = 1000;
    full.tos = 16;
    full.metrics = {{RTAX_MTU, 1400, true}, {RTAX_INITCWND, 20, false}};
    const std::vector<Route> routes = {
        to_ten(),
        full,
        {.network = {IpAddress(10, 8, 0, 0), 16},
         .ways = {{.via = IpAddress(192, 0, 2, 1), .interface = "lan", .weight = 3},
                  {.via = IpAddress(192, 0, 2, 2), .interface = {}}}},
        {.type = RouteType::blackhole, .network = {IpAddress(10, 7, 0, 0), 16}, .ways = {}},
        {.network = {IpAddress(10, 6, 0, 0), 16},
         .ways = {{.via = *IpAddress::from_text("2001:db8::1"), .interface = "lan"}}},
        {.network = {*IpAddress::from_text("2001:db8:1::"), 48},
         .ways = {{.via = *IpAddress::from_text("2001:db8::1"), .interface = {}}}},
        {.network = {*IpAddress::from_text("::"), 0},
         .ways = {{.via = {}, .interface = "lan"}},
         .priority = 7},
    };

    const auto installed = table->install(routes);
    REQUIRE((installed ? std::string() : installed.error().message()).empty());
    const std::string v4 = output_of("ip -4 route show table all proto 112");
    const std::string v6 = output_of("ip -6 route show table all proto 112");
    CHECK(has(v4, "10.0.0.0/8 via 192.0.2.1 dev lan"));
    CHECK(has(v4, "10.9.0.0/16 tos 0x10 via 192.0.2.1 dev lan table 1000"));
    CHECK(has(v4, "src 192.0.2.60 metric 50 mtu lock 1400 initcwnd 20"));
    CHECK(has(v4, "nexthop via 192.0.2.1 dev lan weight 3"));
    CHECK(has(v4, "nexthop via 192.0.2.2 dev lan weight 1"));
    CHECK(has(v4, "blackhole 10.7.0.0/16"));
    CHECK(has(v4, "10.6.0.0/16 via inet6 2001:db8::1 dev lan"));
    CHECK(has(v6, "2001:db8:1::/48 via 2001:db8::1 dev lan"));
    CHECK(has(v6, "default dev lan metric 7"));
    // Again changes nothing.
    CHECK(table->install(routes));
    CHECK(output_of("ip -4 route show table all proto 112") == v4);

    CHECK(table->remove(routes));
    CHECK(output_of("ip -4 route show table all proto 112; "
                    "ip -6 route show table all proto 112")
              .empty());
    CHECK(table->remove(routes));
}

TEST_CASE("a route of somebody else stays, also where it reads the same", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_lan();
    auto table = RoutingTable::open();
    REQUIRE(table);
    REQUIRE(run("ip route add 10.0.0.0/8 via 192.0.2.1 dev lan proto static"));
    const std::vector<Route> routes = {to_ten()};

    CHECK(table->remove(routes));

    CHECK(has(output_of("ip route show 10.0.0.0/8"), "via 192.0.2.1 dev lan proto static"));
}

TEST_CASE("a route that the kernel refuses is told with its reason", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_lan();
    auto table = RoutingTable::open();
    REQUIRE(table);
    Route unreachable = to_ten();
    unreachable.ways.front().via = IpAddress(198, 51, 100, 1);
    Route elsewhere = to_ten();
    elsewhere.ways.front().interface = "nolink";

    const auto refused = table->install(std::vector<Route>{unreachable, to_ten()});
    const auto lost = table->install(std::vector<Route>{elsewhere});

    REQUIRE_FALSE(refused);
    CHECK(refused.error().message() ==
          "install route 10.0.0.0/8 via 198.51.100.1 dev lan (Nexthop has invalid gateway): "
          "Network is unreachable");
    REQUIRE_FALSE(lost);
    CHECK(lost.error().message() ==
          "install route 10.0.0.0/8 via 192.0.2.1 dev nolink: find interface nolink: No such "
          "device");
    // The others are tried all the same, and what is on a link that is gone is gone.
    CHECK(has(output_of("ip route show 10.0.0.0/8"), "via 192.0.2.1 dev lan"));
    CHECK(table->remove(std::vector<Route>{elsewhere}));
}

TEST_CASE("rules are put into the kernel and taken out", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    auto table = RoutingTable::open();
    REQUIRE(table);
    const std::vector<RouteRule> rules = {
        {.priority = 100,
         .from = VirtualAddress{IpAddress(192, 0, 2, 60), 32},
         .input_interface = {},
         .output_interface = {},
         .target = 1000},
        {.priority = 101,
         .is_inverted = true,
         .to = VirtualAddress{IpAddress(10, 0, 0, 0), 8},
         .mark = 16,
         .mark_mask = 255,
         .input_interface = "lan",
         .output_interface = {},
         .protocol = 6,
         .destination_ports = NumberRange<std::uint16_t>(443, 443),
         .action = RuleAction::prohibit},
        {.family = vrrp::Family::ipv6,
         .priority = 102,
         .input_interface = {},
         .output_interface = {},
         .target = 254,
         .suppressed_prefix_length = 0},
    };

    const auto installed = table->install(rules);
    REQUIRE((installed ? std::string() : installed.error().message()).empty());
    const std::string v4 = output_of("ip -4 rule show");
    CHECK(has(v4, "100:\tfrom 192.0.2.60 lookup 1000"));
    CHECK(has(v4, "101:\tnot from all to 10.0.0.0/8 fwmark 0x10/0xff iif lan"));
    CHECK(has(v4, "ipproto tcp dport 443 prohibit"));
    CHECK(has(output_of("ip -6 rule show"), "102:\tfrom all lookup main suppress_prefixlength 0"));
    CHECK(table->install(rules));
    CHECK(output_of("ip -4 rule show") == v4);

    CHECK(table->remove(rules));
    CHECK_FALSE(has(output_of("ip -4 rule show; ip -6 rule show"), "10"));
    CHECK(table->remove(rules));
}

}  // namespace net::test
