#include "net/route_message.hpp"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "catch2.hpp"
#include "net/route_watch.hpp"

namespace net::test {

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr vrrp::IpAddress gateway(192, 0, 2, 1);
constexpr vrrp::IpAddress other_gateway(192, 0, 2, 2);
constexpr vrrp::VirtualAddress ten{vrrp::IpAddress(10, 0, 0, 0), 8};

/// A route as the kernel tells it.
class Message {
public:
    explicit Message(rtmsg header = {.rtm_family = AF_INET,
                                     .rtm_dst_len = 8,
                                     .rtm_table = RT_TABLE_MAIN,
                                     .rtm_type = RTN_UNICAST},
                     std::uint16_t type = RTM_NEWROUTE, std::uint16_t flags = 0) {
        append(nlmsghdr{.nlmsg_type = type, .nlmsg_flags = flags});
        append(header);
    }

    Message& attribute(std::uint16_t type, const Bytes& data) {
        append(rtattr{static_cast<std::uint16_t>(sizeof(rtattr) + data.size()), type});
        append(data.data(), data.size());
        return *this;
    }
    Message& number(std::uint16_t type, std::uint32_t value) {
        Bytes data(sizeof value);
        std::memcpy(data.data(), &value, sizeof value);
        return attribute(type, data);
    }

    [[nodiscard]] std::optional<RouteMessage> decode() {
        auto& header = *reinterpret_cast<nlmsghdr*>(bytes_.data());
        header.nlmsg_len = static_cast<std::uint32_t>(bytes_.size());
        return decode_route_message(header);
    }

private:
    template <typename Part>
    void append(const Part& part) {
        append(&part, sizeof part);
    }
    void append(const void* data, std::size_t size) {
        const std::size_t offset = bytes_.size();
        bytes_.resize(offset + (size + 3) / 4 * 4);
        if (size > 0) {
            std::memcpy(bytes_.data() + offset, data, size);
        }
    }

    std::vector<std::byte> bytes_;
};

Message to_ten() {
    return Message().attribute(RTA_DST, {10, 0, 0, 0});
}

/// One way of a route with more, with a gateway.
Bytes next_hop(std::uint8_t flags, std::uint8_t link, std::uint8_t last_byte) {
    return {16, 0, flags, 0, link, 0, 0, 0, 8, 0, RTA_GATEWAY, 0, 192, 0, 2, last_byte};
}

RouteMessage route(std::vector<RouteHop> hops) {
    return {.is_gone = false,
            .is_replaced = false,
            .network = ten,
            .table = RT_TABLE_MAIN,
            .hops = std::move(hops)};
}

RouteMessage gone(RouteMessage message) {
    message.is_gone = true;
    return message;
}

const RouteHop first{.via = gateway, .link_index = 7};
const RouteHop second{.via = other_gateway, .link_index = 8};

}  // namespace

TEST_CASE("a route tells its network, table, gateway and link", "[net]") {
    const auto route = to_ten()
                           .number(RTA_TABLE, 1000)
                           .number(RTA_PRIORITY, 100)
                           .attribute(RTA_GATEWAY, {192, 0, 2, 1})
                           .number(RTA_OIF, 7)
                           .decode();
    REQUIRE(route);
    CHECK_FALSE(route->is_gone);
    CHECK(route->network == ten);
    CHECK(route->table == 1000);
    CHECK(route->hops == std::vector{RouteHop{.metric = 100, .via = gateway, .link_index = 7}});
}

TEST_CASE("a default route has no destination", "[net]") {
    const auto ipv4 = Message({.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN}).decode();
    REQUIRE(ipv4);
    CHECK(ipv4->network == vrrp::VirtualAddress{vrrp::IpAddress(), 0});
    CHECK(ipv4->table == RT_TABLE_MAIN);
    const auto ipv6 = Message({.rtm_family = AF_INET6}).decode();
    REQUIRE(ipv6);
    CHECK(ipv6->network ==
          vrrp::VirtualAddress{vrrp::IpAddress(std::array<std::uint16_t, 8>{}), 0});
}

TEST_CASE("a route with more ways tells each of them, and which are dead", "[net]") {
    Bytes hops = next_hop(0, 7, 1);
    for (const auto& dead : {next_hop(RTNH_F_LINKDOWN, 8, 2), next_hop(RTNH_F_DEAD, 9, 3)}) {
        hops.insert(hops.end(), dead.begin(), dead.end());
    }
    const auto route = to_ten().attribute(RTA_MULTIPATH, hops).decode();
    REQUIRE(route);
    CHECK(route->hops ==
          std::vector{
              first, RouteHop{.via = other_gateway, .link_index = 8, .is_alive = false},
              RouteHop{.via = vrrp::IpAddress(192, 0, 2, 3), .link_index = 9, .is_alive = false}});
}

TEST_CASE("an IPv4 route may go by way of an IPv6 gateway", "[net]") {
    Bytes via{AF_INET6, 0, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    const auto route = to_ten().attribute(RTA_VIA, via).decode();
    REQUIRE(route);
    CHECK(route->hops[0].via == vrrp::IpAddress({0xfe80, 0, 0, 0, 0, 0, 0, 1}));
}

TEST_CASE("other messages, and what is only remembered, are no routes", "[net]") {
    CHECK_FALSE(Message({.rtm_family = AF_INET}, RTM_NEWADDR).decode());
    CHECK_FALSE(Message({.rtm_family = AF_INET, .rtm_flags = RTM_F_CLONED}).decode());
    CHECK_FALSE(Message({.rtm_family = AF_BRIDGE}).decode());
    CHECK_FALSE(Message({.rtm_family = AF_INET, .rtm_dst_len = 33}).decode());
    CHECK_FALSE(Message().attribute(RTA_DST, {10, 0}).decode());
    CHECK_FALSE(to_ten().attribute(RTA_MULTIPATH, {4, 0, 0, 0, 0, 0, 0, 0}).decode());
    nlmsghdr empty{.nlmsg_len = sizeof(nlmsghdr), .nlmsg_type = RTM_NEWROUTE};
    CHECK_FALSE(decode_route_message(empty));
}

TEST_CASE("a table of routes follows what comes, goes and is replaced", "[net]") {
    RouteTable table(ten, RT_TABLE_MAIN);
    CHECK(table.apply(route({first})));
    CHECK(table.apply(route({first})));
    CHECK(table.hops() == std::vector{first});

    const RouteHop backup{.metric = 200, .via = other_gateway, .link_index = 8};
    CHECK(table.apply(route({backup})));
    RouteMessage replacing = route({second});
    replacing.is_replaced = true;
    CHECK(table.apply(replacing));
    CHECK(table.hops() == std::vector{backup, second});

    CHECK(table.apply(gone(route({second}))));
    CHECK(table.apply(gone(route({first}))));
    CHECK(table.hops() == std::vector{backup});
}

TEST_CASE("one way of a route with more can go alone", "[net]") {
    RouteTable table(ten, RT_TABLE_MAIN);
    CHECK(table.apply(route({first, second})));
    RouteHop dead = second;
    dead.is_alive = false;
    CHECK(table.apply(gone(route({dead}))));
    CHECK(table.hops() == std::vector{first});
}

TEST_CASE("routes to other networks and in other tables are passed over", "[net]") {
    RouteTable table(ten, RT_TABLE_MAIN);
    RouteMessage narrower = route({first});
    narrower.network.prefix_length = 9;
    RouteMessage elsewhere = route({first});
    elsewhere.table = 1000;
    CHECK_FALSE(table.apply(narrower));
    CHECK_FALSE(table.apply(elsewhere));
    CHECK(table.hops().empty());
}

}  // namespace net::test
