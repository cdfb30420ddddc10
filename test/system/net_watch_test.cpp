#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "../net/neighbour_frames.hpp"
#include "catch2.hpp"
#include "net/announcement.hpp"
#include "net/neighbour_watch.hpp"
#include "net_kernel_lab.hpp"
#include "net_neighbours.hpp"

namespace net::test {

namespace {

constexpr MacAddress stranger{0x02, 0x00, 0x5e, 0x10, 0x20, 0x30};
constexpr vrrp::IpAddress ours(192, 0, 2, 60);
constexpr vrrp::IpAddress ours_too({0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x60});
constexpr vrrp::IpAddress not_ours(192, 0, 2, 61);
constexpr vrrp::IpAddress not_ours_either({0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x61});
const std::vector<vrrp::VirtualAddress> our_addresses{{ours, 24}, {ours_too, 64}};

Frame arp(const vrrp::IpAddress& address, const MacAddress& mac = stranger) {
    return arp_frame(ArpForm::request, mac, address);
}

Frame advertisement(const vrrp::IpAddress& address, const MacAddress& mac = stranger) {
    return neighbour_advertisement(mac, vrrp::IpAddress({0xfe80, 0, 0, 0, 0, 0, 0, 1}), address);
}

NeighbourWatch open_watch(const std::vector<vrrp::VirtualAddress>& addresses = our_addresses,
                          const std::string& link = "lan") {
    auto watch = NeighbourWatch::open(link_named(link));
    REQUIRE(watch);
    REQUIRE(watch->watch(addresses));
    return std::move(*watch);
}

/// Puts frames on the wire as they are.
void send(const std::vector<Frame>& frames, const std::string& link = "far") {
    const os::Fd socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    REQUIRE(socket.is_open());
    sockaddr_ll place{};
    place.sll_family = AF_PACKET;
    place.sll_ifindex = link_named(link).index;
    for (const Frame& frame : frames) {
        REQUIRE(sendto(socket.get(), frame.data(), frame.size(), 0,
                       reinterpret_cast<const sockaddr*>(&place), sizeof place) > 0);
    }
}

struct Seen {
    std::vector<Claim> claims;
    int wakeups = 0;
};

/// What has been seen by the time that `count` claims have, or ten seconds have passed.
Seen receive(NeighbourWatch& watch, std::size_t count) {
    auto loop = create_loop();
    Script script(loop);
    Seen seen;
    auto source =
        loop.watch(watch.fd(), EPOLLIN, os::Urgency::adverts, [&](std::uint32_t, vrrp::Instant) {
            ++seen.wakeups;
            watch.receive([&](const Claim& claim) { seen.claims.push_back(claim); });
            script.go_on();
        });
    REQUIRE(source);
    script.step([] {}, [&] { return seen.claims.size() >= count; });
    CHECK(script.play());
    return seen;
}

/// Has the kernel ask who is at these addresses.
void call(const std::array<std::uint8_t, 4>& ipv4, const std::array<std::uint8_t, 16>& ipv6) {
    sockaddr_in to_ipv4{};
    to_ipv4.sin_family = AF_INET;
    to_ipv4.sin_port = htons(9);
    std::memcpy(&to_ipv4.sin_addr, ipv4.data(), ipv4.size());
    sockaddr_in6 to_ipv6{};
    to_ipv6.sin6_family = AF_INET6;
    to_ipv6.sin6_port = htons(9);
    std::memcpy(&to_ipv6.sin6_addr, ipv6.data(), ipv6.size());
    const os::Fd first(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const os::Fd second(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    REQUIRE(sendto(first.get(), "", 0, 0, reinterpret_cast<const sockaddr*>(&to_ipv4),
                   sizeof to_ipv4) == 0);
    REQUIRE(sendto(second.get(), "", 0, 0, reinterpret_cast<const sockaddr*>(&to_ipv6),
                   sizeof to_ipv6) == 0);
}

}  // namespace

TEST_CASE("another station that claims our address is seen, with its MAC", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    auto watch = open_watch();

    send({arp(ours), arp_frame(ArpForm::reply, stranger, ours), advertisement(ours_too)});
    const auto seen = receive(watch, 3);

    CHECK(seen.claims ==
          std::vector<Claim>{{ours, stranger}, {ours, stranger}, {ours_too, stranger}});
}

TEST_CASE("a neighbour that answers for our addresses is seen", "[system]") {
    const auto hosts = Neighbours::create();
    if (!hosts) {
        return;
    }
    auto watch = open_watch({{vrrp::IpAddress(192, 0, 2, 2), 24},
                             {vrrp::IpAddress({0x2001, 0xdb8, 0, 0, 0, 0, 0, 2}), 64}});
    hosts->there.enter();
    const MacAddress mac = link_named("lan").mac;
    hosts->here.enter();

    call({192, 0, 2, 2}, {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2});
    const auto seen = receive(watch, 2);

    REQUIRE(seen.claims.size() == 2);
    CHECK(seen.claims[0].mac == mac);
    CHECK(seen.claims[1].mac == mac);
    CHECK(seen.claims[0].address != seen.claims[1].address);
}

TEST_CASE("what is no claim of our addresses by another is not seen", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    auto watch = open_watch();
    const MacAddress our_mac = link_named("lan").mac;
    Frame broken = advertisement(ours_too);
    broken.back() ^= std::byte{1};
    Frame of_a_vlan = arp(ours);
    const Frame tag{std::byte{0x81}, std::byte{0}, std::byte{0}, std::byte{5}};
    of_a_vlan.insert(of_a_vlan.begin() + 12, tag.begin(), tag.end());

    send({arp(not_ours), arp(ours, our_mac), arp(vrrp::IpAddress{}), of_a_vlan,
          advertisement(not_ours_either), advertisement(ours_too, our_mac), broken});
    send({arp(ours), advertisement(ours_too)});
    const auto seen = receive(watch, 2);

    CHECK(seen.claims == std::vector<Claim>{{ours, stranger}, {ours_too, stranger}});
}

TEST_CASE("what we send ourselves is no claim, whatever MAC it carries", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    auto watch = open_watch();
    const MacAddress other{0x00, 0x00, 0x5e, 0x00, 0x01, 0x33};

    send({arp(ours, other), advertisement(ours_too, other)}, "lan");
    send({arp(ours), advertisement(ours_too)});
    const auto seen = receive(watch, 2);

    CHECK(seen.claims == std::vector<Claim>{{ours, stranger}, {ours_too, stranger}});
}

TEST_CASE("a LAN's ordinary traffic does not wake the watch", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    auto watch = open_watch();
    std::vector<Frame> ordinary;
    for (int i = 0; i < 100; ++i) {
        ordinary.push_back(arp(not_ours));
        ordinary.push_back(advertisement(not_ours_either));
    }

    send(ordinary);
    send({arp(ours)});
    const auto seen = receive(watch, 1);

    CHECK(seen.wakeups == 1);
    CHECK(seen.claims.size() == 1);
}

TEST_CASE("each of many watched addresses is seen, compared in the kernel or not", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    const auto count = GENERATE(1, 127, 128, 129, 200);
    const auto addresses = many_addresses(count, 24);
    auto watch = open_watch(addresses);
    std::vector<Frame> frames{arp(not_ours)};
    for (const auto& address : addresses) {
        frames.push_back(arp(address.address));
    }

    send(frames);
    const auto seen = receive(watch, addresses.size());

    REQUIRE(seen.claims.size() == addresses.size());
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        CHECK(seen.claims[i] == Claim{addresses[i].address, stranger});
    }
}

TEST_CASE("addresses that end alike are told apart", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    auto watch = open_watch();

    send({advertisement(vrrp::IpAddress({0x2001, 0xdb8, 0, 1, 0, 0, 0, 0x60})),
          advertisement(ours_too)});
    const auto seen = receive(watch, 1);

    CHECK(seen.claims == std::vector<Claim>{{ours_too, stranger}});
}

TEST_CASE("what is watched can be changed", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    auto watch = open_watch();

    // What waits already counts as it is watched now.
    send({arp(ours), advertisement(ours_too)});
    REQUIRE(watch.watch(std::vector<vrrp::VirtualAddress>{{not_ours, 24}}));
    send({arp(ours), advertisement(ours_too), arp(not_ours)});
    const auto of_ipv4 = receive(watch, 1);
    REQUIRE(watch.watch(std::vector<vrrp::VirtualAddress>{{not_ours_either, 64}}));
    send({arp(not_ours), advertisement(not_ours_either)});
    const auto of_ipv6 = receive(watch, 1);
    REQUIRE(watch.watch({}));
    send({arp(not_ours), advertisement(not_ours_either)});
    watch.receive([](const Claim&) { FAIL_CHECK("a claim of what is not watched"); });
    REQUIRE(watch.watch(our_addresses));
    send({arp(ours), advertisement(ours_too)});
    const auto of_both = receive(watch, 2);

    CHECK(of_ipv4.claims == std::vector<Claim>{{not_ours, stranger}});
    CHECK(of_ipv6.claims == std::vector<Claim>{{not_ours_either, stranger}});
    CHECK(of_both.claims == std::vector<Claim>{{ours, stranger}, {ours_too, stranger}});
}

TEST_CASE("a watch outlasts that its link goes down", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    auto watch = open_watch();

    REQUIRE(run("ip link set lan down && ip link set lan up"));
    send({arp(ours), advertisement(ours_too)});
    const auto seen = receive(watch, 2);

    CHECK(seen.claims == std::vector<Claim>{{ours, stranger}, {ours_too, stranger}});
}

TEST_CASE("a link that is gone cannot be watched, one without a MAC address need not be",
          "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    auto gone = NeighbourWatch::open(
        Link{.index = 99, .name = "gone", .mac = {0x02, 0x00, 0x5e, 0x10, 0x20, 0x31}});
    auto nameless = NeighbourWatch::open(Link{.index = 99, .name = "tunnel"});
    REQUIRE(gone);
    REQUIRE(nameless);

    const auto refused = gone->watch(our_addresses);

    REQUIRE_FALSE(refused);
    CHECK(refused.error().message() ==
          "watch for other owners of our addresses on gone: No such device");
    CHECK(nameless->watch(our_addresses));
}

}  // namespace net::test
