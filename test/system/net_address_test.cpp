#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "net/address_table.hpp"
#include "net/link_mirror.hpp"
#include "net_kernel_lab.hpp"
#include "os/fd.hpp"

namespace net::test {

namespace {

std::vector<vrrp::VirtualAddress> addresses_on(const std::string& link) {
    std::vector<vrrp::VirtualAddress> result;
    for (const LinkAddress& address : link_named(link).addresses) {
        result.push_back({address.address, address.prefix_length});
    }
    return result;
}

/// 2001:db8::1, 2001:db8::2, …
std::vector<vrrp::VirtualAddress> many_ipv6_addresses(std::uint16_t count,
                                                      std::uint8_t prefix_length) {
    std::vector<vrrp::VirtualAddress> result;
    for (std::uint16_t i = 1; i <= count; ++i) {
        result.push_back({vrrp::IpAddress({0x2001, 0xdb8, 0, 0, 0, 0, 0, i}), prefix_length});
    }
    return result;
}

/// Whether a socket can have the address as its own now.
bool is_usable(const vrrp::IpAddress& address) {
    const os::Fd socket(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in6 own{};
    own.sin6_family = AF_INET6;
    std::ranges::copy(address.bytes(),
                      std::as_writable_bytes(std::span(own.sin6_addr.s6_addr)).begin());
    return bind(socket.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0;
}

}  // namespace

TEST_CASE("a thousand addresses are installed in order and removed again", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    const Link link = link_named("lan");
    const auto wanted = many_addresses(1000, GENERATE(std::uint8_t{24}, std::uint8_t{32}));
    auto table = open_table();

    const auto installed = table.install(link, wanted);
    const auto there = addresses_on("lan");
    const auto removed = table.remove(link.index, wanted);

    CHECK(installed);
    CHECK(std::ranges::is_permutation(there, wanted));
    CHECK((wanted.front().prefix_length != 32 || there == wanted));
    CHECK(removed);
    CHECK(addresses_on("lan").empty());
}

TEST_CASE("installing what is there and removing what is not are successes", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    const Link link = link_named("lan");
    const auto wanted = many_addresses(600, 32);
    auto table = open_table();

    CHECK(table.install(link, wanted));
    CHECK(table.install(link, wanted));
    CHECK(addresses_on("lan") == wanted);
    CHECK(table.remove(link.index, wanted));
    CHECK(table.remove(link.index, wanted));
    CHECK(table.remove(link.index + 1000, wanted));
    CHECK(table.install(link, {}));
}

TEST_CASE("an address of somebody else is left as it is", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    REQUIRE(run("ip address add 10.1.0.1/24 dev lan valid_lft 900 preferred_lft 800"));
    auto table = open_table();

    const auto installed = table.install(link_named("lan"), many_addresses(1, 24));

    CHECK(installed);
    CHECK(run("ip -4 address show dev lan dynamic | grep -q 10.1.0.1/24"));
}

TEST_CASE("an address carries our protocol number, no broadcast address and global scope",
          "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    const os::Fd listener(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    sockaddr_nl groups{};
    groups.nl_family = AF_NETLINK;
    groups.nl_groups = RTMGRP_IPV4_IFADDR;
    REQUIRE(bind(listener.get(), reinterpret_cast<const sockaddr*>(&groups), sizeof groups) == 0);

    REQUIRE(open_table().install(link_named("lan"), many_addresses(1, 24)));

    alignas(nlmsghdr) std::array<std::byte, 4096> buffer{};
    REQUIRE(recv(listener.get(), buffer.data(), buffer.size(), MSG_DONTWAIT) > 0);
    const auto& message = *reinterpret_cast<const nlmsghdr*>(buffer.data());
    const auto& address = *reinterpret_cast<const ifaddrmsg*>(&message + 1);
    CHECK(address.ifa_scope == RT_SCOPE_UNIVERSE);
    const auto* attribute = reinterpret_cast<const rtattr*>(&address + 1);
    auto rest = static_cast<unsigned>(message.nlmsg_len - sizeof message - sizeof address);
    int protocol = 0;
    for (; RTA_OK(attribute, rest); attribute = RTA_NEXT(attribute, rest)) {
        CHECK(attribute->rta_type != IFA_BROADCAST);
        if (attribute->rta_type == 11) {
            protocol = *reinterpret_cast<const std::uint8_t*>(attribute + 1);
        }
    }
    CHECK(protocol == 112);
}

TEST_CASE("a refused address is told in the kernel's words and the others are installed",
          "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    const Link link = link_named("lan");
    auto wanted = many_addresses(3, 32);
    wanted[1].prefix_length = 33;
    auto table = open_table();

    const auto refused = table.install(link, wanted);
    const auto no_link = table.install(Link{.index = link.index + 1000}, wanted);

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == EINVAL);
    CHECK(refused.error().message().starts_with("install 10.1.0.2/33 on link "));
    INFO(refused.error().message());
    CHECK(addresses_on("lan") == std::vector{wanted[0], wanted[2]});
    REQUIRE_FALSE(no_link);
    CHECK(no_link.error().code == ENODEV);
}

TEST_CASE("removing a primary address with its secondary ones is a success", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    const auto wanted = many_addresses(3, 24);
    auto table = open_table();
    const Link link = link_named("lan");
    REQUIRE(table.install(link, wanted));

    const auto removed = table.remove(link.index, wanted);

    CHECK(removed);
    CHECK(addresses_on("lan").empty());
}

TEST_CASE("an IPv6 address is usable at once and ours", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    const Link link = link_named("lan");
    const auto prefix_length = GENERATE(std::uint8_t{64}, std::uint8_t{128});
    const auto wanted = many_ipv6_addresses(1, prefix_length);
    auto table = open_table();

    REQUIRE(table.install(link, wanted));

    CHECK(is_usable(wanted[0].address));
    const auto there = link_named("lan").addresses;
    REQUIRE(there.size() == 1);
    CHECK(there[0] == LinkAddress{.address = wanted[0].address,
                                  .prefix_length = prefix_length,
                                  .other_end = wanted[0].address,
                                  .protocol = our_address_protocol,
                                  .is_deprecated = prefix_length == 128});
    const std::string show = "ip -6 address show dev lan | grep -A1 'inet6 2001:db8::1/' | ";
    CHECK(run(show + "grep -q nodad"));
    CHECK(run(show + "grep -q 'valid_lft forever preferred_lft " +
              (prefix_length == 128 ? "0sec'" : "forever'")));
    CHECK(table.remove(link.index, wanted));
    CHECK(addresses_on("lan").empty());
}

TEST_CASE("the kernel joins the solicited-node group of an IPv6 address", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    auto loop = create_loop();
    Script script(loop);
    auto mirror = LinkMirror::open(loop, {"lan", "far"}, [&](vrrp::Instant) { script.go_on(); });
    REQUIRE(mirror);
    const auto wanted = many_ipv6_addresses(1, 64);
    auto table = open_table();
    const Link link = link_named("lan");
    const std::string is_member =
        "grep -q 'lan .*ff0200000000000000000001ff000001' /proc/net/igmp6";

    script.step([&] { CHECK(table.install(link, wanted)); },
                [&] { return mirror->find("lan")->addresses.size() == 1; });

    CHECK(script.play());
    CHECK(run(is_member));
    CHECK(table.remove(link.index, wanted));
    CHECK_FALSE(run(is_member));
}

TEST_CASE("addresses of both families go in and out in one batch", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    const Link link = link_named("lan");
    const auto ipv4 = many_addresses(150, 32);
    const auto ipv6 = many_ipv6_addresses(150, 64);
    std::vector<vrrp::VirtualAddress> wanted;
    for (std::size_t i = 0; i < ipv4.size(); ++i) {
        wanted.push_back(ipv4[i]);
        wanted.push_back(ipv6[i]);
    }
    auto table = open_table();

    CHECK(table.install(link, wanted));
    CHECK(table.install(link, wanted));
    CHECK(std::ranges::is_permutation(addresses_on("lan"), wanted));
    CHECK(table.remove(link.index, wanted));
    CHECK(addresses_on("lan").empty());
    CHECK(table.remove(link.index, wanted));
    CHECK(table.remove(link.index + 1000, wanted));
}

TEST_CASE("a refused IPv6 address is told, and the others of both families are installed",
          "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    auto wanted = many_ipv6_addresses(2, 64);
    wanted[0].prefix_length = 129;
    wanted.push_back(many_addresses(1, 32).front());

    const auto refused = open_table().install(link_named("lan"), wanted);

    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == EINVAL);
    CHECK(refused.error().message().starts_with("install 2001:db8::1/129 on link "));
    CHECK(addresses_on("lan") == std::vector{wanted[2], wanted[1]});
}

TEST_CASE("a link without IPv6 refuses IPv6 addresses and has none to remove", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    const auto wanted = many_ipv6_addresses(1, 64);
    auto table = open_table();
    const Link link = link_named("lan");
    // Less than IPv6 demands.
    REQUIRE(run("ip link set lan mtu 1000"));

    CHECK_FALSE(table.install(link, wanted));
    CHECK(table.remove(link.index, wanted));
}

TEST_CASE("the kernel takes away what has a lease that nobody renews", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    auto wanted = many_addresses(3, 24);
    wanted.push_back({vrrp::IpAddress({0x2001, 0xdb8, 0, 0, 0, 0, 0, 1}), 128});
    auto table = open_table();
    const Link link = link_named("lan");
    auto loop = create_loop();
    Script script(loop);
    auto mirror = LinkMirror::open(loop, {"lan"}, [&](vrrp::Instant) { script.go_on(); });
    REQUIRE(mirror);

    script.step([&] { CHECK(table.install(link, wanted, std::chrono::seconds(1))); },
                [&] { return mirror->find("lan")->addresses.size() == wanted.size(); });
    script.step([] {}, [&] { return mirror->find("lan")->addresses.empty(); });

    CHECK(script.play());
    CHECK(addresses_on("lan").empty());
}

TEST_CASE("a renewed lease begins anew, and one that ends leaves the address there", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    const auto wanted = many_ipv6_addresses(2, 64);
    auto table = open_table();
    const Link link = link_named("lan");
    REQUIRE(table.install(link, wanted, std::chrono::seconds(900)));
    CHECK_FALSE(link_named("lan").addresses.front().is_permanent);

    CHECK(table.refresh(link_named("lan"), wanted, std::chrono::seconds(9000)));
    CHECK(run("ip address show dev lan to 2001:db8::1 | grep -qE 'valid_lft (9000|8999)sec'"));
    CHECK(table.refresh(link_named("lan"), wanted, std::nullopt));

    CHECK(link_named("lan").addresses.front().is_permanent);
    CHECK(link_named("lan").addresses.front().protocol == our_address_protocol);
}

TEST_CASE("the host's own route stays, whatever becomes of our lease", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    REQUIRE(run("ip address add 2001:db8::99/64 dev lan nodad"));
    const auto wanted = many_ipv6_addresses(2, 64);
    auto table = open_table();
    const std::string has_route = "ip -6 route show 2001:db8::/64 dev lan proto kernel | grep -q .";
    const std::string expires = "ip -6 route show 2001:db8::/64 dev lan | grep -q expires";

    REQUIRE(table.install(link_named("lan"), wanted, std::chrono::seconds(600)));
    REQUIRE(table.refresh(link_named("lan"), wanted, std::chrono::seconds(600)));

    CHECK(run(has_route));
    CHECK_FALSE(run(expires));
    CHECK(table.remove(link_named("lan").index, wanted));
    CHECK(run(has_route));
}

TEST_CASE("an IPv6 subnet that only we are in has a route as long as our lease", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    const auto wanted = many_ipv6_addresses(2, 64);
    auto table = open_table();

    REQUIRE(table.install(link_named("lan"), wanted, std::chrono::seconds(600)));
    REQUIRE(table.refresh(link_named("lan"), wanted, std::chrono::seconds(600)));

    CHECK(run("ip -6 route show 2001:db8::/64 dev lan | grep -qE 'expires (600|599)sec'"));
}

}  // namespace net::test
