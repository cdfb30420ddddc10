#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch2.hpp"
#include "net/announcement.hpp"
#include "net/announcer.hpp"
#include "net/link_mirror.hpp"
#include "net_kernel_lab.hpp"
#include "os/fd.hpp"

namespace net::test {

namespace {

/// Two hosts on one wire, which is "lan" on both, without an address.
struct Wire {
    Network there;
    Network here;

    /// Makes both, enters `here`, and waits until the wire carries.
    static std::optional<Wire> create() {
        auto there = Network::create();
        auto here = there ? Network::create() : std::nullopt;
        if (!here) {
            return std::nullopt;
        }
        REQUIRE(run("ip link add lan type veth peer name lan netns " + there->path()));
        there->enter();
        REQUIRE(run("ip link set lan up"));
        here->enter();
        auto loop = create_loop();
        Script script(loop);
        auto mirror =
            LinkMirror::open(loop, {"lan", "far"}, [&](vrrp::Instant) { script.go_on(); });
        REQUIRE(mirror);
        script.step([] { REQUIRE(run("ip link set lan up")); },
                    [&] { return mirror->find("lan")->is_up; });
        REQUIRE(script.play());
        return Wire{std::move(*there), std::move(*here)};
    }
};

constexpr vrrp::IpAddress ipv4(192, 0, 2, 60);

/// 2001:db8::number
constexpr vrrp::IpAddress ipv6(std::uint16_t number) {
    return vrrp::IpAddress({0x2001, 0xdb8, 0, 0, 0, 0, 0, number});
}

/// Turns the loop until the condition holds, which is asked whenever `fd` has something to read.
bool wait_for(const os::Fd& fd, const std::function<void()>& read,
              const std::function<bool()>& condition) {
    auto loop = create_loop();
    Script script(loop);
    auto source = loop.watch(fd.get(), EPOLLIN, os::Urgency::adverts,
                             [&](std::uint32_t, vrrp::Instant) { read(), script.go_on(); });
    REQUIRE(source);
    script.step([] {}, condition);
    return script.play();
}

using Frame = std::vector<std::byte>;

template <std::size_t Size>
Frame copy(const std::array<std::byte, Size>& frame) {
    return {frame.begin(), frame.end()};
}

/// Hosts tell of other things too, as of their multicast groups.
bool is_announcement(const Frame& frame) {
    const bool is_ipv6 = frame.at(12) == std::byte{0x86};
    return is_ipv6 ? frame.at(54) == std::byte{136} : frame.at(13) == std::byte{0x06};
}

std::string text(const MacAddress& mac) {
    std::string result;
    for (const unsigned byte : mac) {
        constexpr std::string_view digits = "0123456789abcdef";
        result += result.empty() ? "" : ":";
        result += {digits[byte / 16], digits[byte % 16]};
    }
    return result;
}

}  // namespace

TEST_CASE("another host believes where an IPv6 address is now", "[system]") {
    const auto wire = Wire::create();
    if (!wire) {
        return;
    }
    const Link link = link_named("lan");
    auto announcer = Announcer::open();
    REQUIRE(announcer);
    const std::vector<vrrp::VirtualAddress> addresses{
        {ipv6(0x60), 64}, {*vrrp::IpAddress::from_text("fe80::60"), 64}};
    wire->there.enter();
    for (const auto& address : addresses) {
        REQUIRE(run("ip neighbour add " + address.address.to_text() +
                    " lladdr 02:00:00:00:00:99 nud reachable dev lan"));
    }
    const os::Fd listener(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    sockaddr_nl groups{};
    groups.nl_family = AF_NETLINK;
    groups.nl_groups = RTMGRP_NEIGH;
    REQUIRE(bind(listener.get(), reinterpret_cast<const sockaddr*>(&groups), sizeof groups) == 0);

    CHECK(announcer->announce(link, addresses));

    const auto read = [&] {
        std::array<std::byte, 4096> buffer;
        recv(listener.get(), buffer.data(), buffer.size(), 0);
    };
    CHECK(wait_for(listener, read, [&] {
        return std::ranges::all_of(addresses, [&](const auto& address) {
            return run("ip neighbour show " + address.address.to_text() + " dev lan | grep -q '" +
                       text(link.mac) + " router'");
        });
    }));
}

TEST_CASE("announcements of both families go out in one burst", "[system]") {
    const auto wire = Wire::create();
    if (!wire) {
        return;
    }
    wire->there.enter();
    const os::Fd listener(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ALL)));
    REQUIRE(listener.is_open());
    wire->here.enter();
    const Link link = link_named("lan");
    std::vector<vrrp::VirtualAddress> addresses;
    std::vector<Frame> requests;
    std::vector<Frame> replies;
    for (std::uint16_t i = 1; i <= 60; ++i) {
        addresses.push_back({ipv6(i), 64});
        addresses.push_back({ipv4, 24});
        requests.push_back(copy(neighbour_advertisement(link.mac, ipv6(i))));
        requests.push_back(copy(gratuitous_arp(ArpForm::request, link.mac, ipv4)));
        replies.push_back(copy(gratuitous_arp(ArpForm::reply, link.mac, ipv4)));
    }
    auto announcer = Announcer::open();
    REQUIRE(announcer);

    CHECK(announcer->announce(link, addresses));

    std::vector<Frame> frames;
    const auto read = [&] {
        Frame frame(2048);
        frame.resize(static_cast<std::size_t>(recv(listener.get(), frame.data(), 2048, 0)));
        if (is_announcement(frame)) {
            frames.push_back(frame);
        }
    };
    REQUIRE(wait_for(listener, read, [&] { return frames.size() == 180; }));
    CHECK(std::ranges::equal(std::span(frames).first(120), requests));
    CHECK(std::ranges::equal(std::span(frames).subspan(120), replies));
}

}  // namespace net::test
