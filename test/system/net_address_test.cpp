#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "net/address_table.hpp"
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

}  // namespace

TEST_CASE("a thousand addresses are installed in order and removed again", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    const int link = link_named("lan").index;
    const auto wanted = many_addresses(1000, GENERATE(std::uint8_t{24}, std::uint8_t{32}));
    auto table = open_table();

    const auto installed = table.install(link, wanted);
    const auto there = addresses_on("lan");
    const auto removed = table.remove(link, wanted);

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
    const int link = link_named("lan").index;
    const auto wanted = many_addresses(600, 32);
    auto table = open_table();

    CHECK(table.install(link, wanted));
    CHECK(table.install(link, wanted));
    CHECK(addresses_on("lan") == wanted);
    CHECK(table.remove(link, wanted));
    CHECK(table.remove(link, wanted));
    CHECK(table.remove(link + 1000, wanted));
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

    const auto installed = table.install(link_named("lan").index, many_addresses(1, 24));

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

    REQUIRE(open_table().install(link_named("lan").index, many_addresses(1, 24)));

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
    const int link = link_named("lan").index;
    auto wanted = many_addresses(3, 32);
    wanted[1].prefix_length = 33;
    auto table = open_table();

    const auto refused = table.install(link, wanted);
    const auto no_link = table.install(link + 1000, wanted);

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
    const int link = link_named("lan").index;
    REQUIRE(table.install(link, wanted));

    const auto removed = table.remove(link, wanted);

    CHECK(removed);
    CHECK(addresses_on("lan").empty());
}

}  // namespace net::test
