#include "engine/host_judgement.hpp"

#include <linux/rtnetlink.h>

#include <string>
#include <vector>

#include "catch2.hpp"

using engine::judge_address;
using engine::judge_interface;
using engine::judge_peers;
using engine::judge_route;
using engine::MasterView;
using health::ProbeResult;

namespace {

constexpr vrrp::IpAddress own(192, 0, 2, 61);
constexpr vrrp::IpAddress gateway(192, 0, 2, 1);
constexpr vrrp::IpAddress other(192, 0, 2, 2);
constexpr vrrp::VirtualAddress ten{vrrp::IpAddress(10, 0, 0, 0), 8};

ProbeResult good(const std::string& detail) {
    return {true, detail, {}, ""};
}

ProbeResult bad(const std::string& detail) {
    return {false, detail, {}, ""};
}

std::string name_of(int index) {
    return "eth" + std::to_string(index);
}

ProbeResult judge(const health::RouteProbeConfig& config, const std::vector<net::RouteHop>& hops) {
    return judge_route(config, hops, name_of);
}

}  // namespace

TEST_CASE("an interface is good while it is there, up and has a carrier", "[engine]") {
    net::Link link{.name = "eth1", .is_enabled = true, .is_up = true};
    CHECK(judge_interface("eth1", &link) == good("interface eth1 is up"));
    link.is_up = false;
    CHECK(judge_interface("eth1", &link) == bad("interface eth1 has no carrier"));
    link.is_enabled = false;
    CHECK(judge_interface("eth1", &link) == bad("interface eth1 is down"));
    CHECK(judge_interface("eth1", nullptr) == bad("interface eth1 is not there"));
}

TEST_CASE("an address is good while it is on its link and usable", "[engine]") {
    const health::AddressProbeConfig config{own, "eth1"};
    net::Link link{.name = "eth1", .addresses = {{.address = gateway}}};
    CHECK(judge_address(config, nullptr) == bad("interface eth1 is not there"));
    CHECK(judge_address(config, &link) == bad("192.0.2.61 is not on eth1"));
    link.addresses.push_back({.address = own});
    CHECK(judge_address(config, &link) == good("192.0.2.61 is on eth1"));
    link.addresses.back().is_tentative = true;
    CHECK(judge_address(config, &link) == bad("192.0.2.61 is on eth1, but not usable yet"));
    link.addresses.back().is_duplicate = true;
    CHECK(judge_address(config, &link) ==
          bad("192.0.2.61 is on eth1, but another host has it too"));
}

TEST_CASE("an address is good wherever it is, if it is usable there", "[engine]") {
    CHECK(judge_address(own, {}, name_of) == bad("this host does not have 192.0.2.61"));
    const net::LinkAddress tentative{.address = own, .is_tentative = true};
    CHECK(judge_address(own, {{3, tentative}}, name_of) ==
          bad("192.0.2.61 is on eth3, but not usable yet"));
    CHECK(judge_address(own, {{3, tentative}, {4, {.address = own}}}, name_of) ==
          good("192.0.2.61 is on eth4"));
}

TEST_CASE("a route is good if one of its ways is as wanted, and alive", "[engine]") {
    const net::RouteHop first{.via = gateway, .link_index = 1};
    const net::RouteHop second{.via = other, .link_index = 2};
    const health::RouteProbeConfig any{.network = ten};
    CHECK(judge(any, {}) == bad("there is no route to 10.0.0.0/8"));
    CHECK(judge(any, {first}) == good("there is the route to 10.0.0.0/8 via 192.0.2.1 on eth1"));

    const health::RouteProbeConfig narrow{.network = ten, .via = other, .interface = "eth2"};
    CHECK(judge(narrow, {}) == bad("there is no route to 10.0.0.0/8 via 192.0.2.2 on eth2"));
    CHECK(judge(narrow, {first}) ==
          bad("there is no route to 10.0.0.0/8 via 192.0.2.2 on eth2, but one via 192.0.2.1 on "
              "eth1"));
    CHECK(judge(narrow, {first, second}) ==
          good("there is the route to 10.0.0.0/8 via 192.0.2.2 on eth2"));
}

TEST_CASE("a way that is dead, or leads nowhere, is none", "[engine]") {
    const net::RouteHop dead{.via = gateway, .link_index = 1, .is_alive = false};
    const net::RouteHop alive{.via = other, .link_index = 2};
    const health::RouteProbeConfig any{.network = ten, .table = 1000};
    CHECK(
        judge(any, {dead}) ==
        bad("there is the route to 10.0.0.0/8 in table 1000 via 192.0.2.1 on eth1, which is dead"));
    CHECK(judge(any, {dead, alive}).is_good);
    const health::RouteProbeConfig default_route{.network = {vrrp::IpAddress(), 0}};
    CHECK(judge(default_route, {{.type = RTN_BLACKHOLE}}) ==
          bad("there is the default route, which drops all"));
    CHECK(judge(default_route, {{.type = RTN_UNREACHABLE}}) ==
          bad("there is the default route, which refuses all"));
}

TEST_CASE("peers are good while another host is master in one of the families", "[engine]") {
    const MasterView itself{.is_master_itself = true, .heard = other};
    const MasterView follows{.heard = other};
    CHECK(judge_peers("web", std::vector{MasterView()}) == bad("no other master of web is heard"));
    CHECK(judge_peers("web", std::vector{itself}) == bad("this host is master of web itself"));
    CHECK(judge_peers("web", std::vector{itself, follows}) == good("192.0.2.2 is master of web"));
}
