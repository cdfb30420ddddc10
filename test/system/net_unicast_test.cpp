#include <cstdint>
#include <vector>

#include "catch2.hpp"
#include "net/vrrp_socket.hpp"
#include "net_kernel_lab.hpp"

namespace net::test {

namespace {

struct Peers {
    vrrp::IpAddress here;
    vrrp::IpAddress there;
};

const std::vector<Peers> both_families{{here_ipv4, there_ipv4}, {here_ipv6, there_ipv6}};

}  // namespace

TEST_CASE("an advert to a peer arrives with the TTL that was wanted", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    const Peers peers = GENERATE(from_range(both_families));
    auto here = open_socket("lan", peers.here.family());
    hosts->there.enter();
    auto there = open_socket("lan", peers.here.family());

    for (const auto ttl : {std::uint8_t{255}, std::uint8_t{7}, std::uint8_t{1}}) {
        CHECK(here.send(text("advert"),
                        {.source = peers.here, .destination = peers.there, .ttl = ttl}));
    }
    CHECK(here.send(text("to all"), to_group(peers.here)));
    const auto received = receive(there, 4);

    REQUIRE(received.size() == 4);
    CHECK(received[0].message == text("advert"));
    CHECK(received[0].packet.source == peers.here);
    CHECK(received[0].packet.destination == peers.there);
    CHECK(received[0].packet.ttl == 255);
    CHECK(received[1].packet.ttl == 7);
    CHECK(received[2].packet.ttl == 1);
    CHECK(received[3].packet.destination == vrrp_group(peers.here.family()));
    CHECK(received[3].packet.ttl == 255);
}

/// The host between the two forwards, and takes one from the TTL.
TEST_CASE("an advert reaches a peer in another subnet", "[system]") {
    auto far = Network::create();
    const auto hosts = far ? TwoHosts::create() : std::nullopt;
    if (!hosts) {
        return;
    }
    REQUIRE(
        run("ip address add 2001:db8:9::9/64 dev lan nodad"
            " && ip route add 10.8.8.0/24 via 10.9.9.1"
            " && ip route add 2001:db8:8::/64 via 2001:db8:9::1"));
    hosts->there.enter();
    REQUIRE(
        run("ip address add 2001:db8:9::1/64 dev lan nodad"
            " && ip link add out index 17 type veth peer name lan index 18 netns " +
            far->path() +
            " && ip address add 10.8.8.1/24 dev out"
            " && ip address add 2001:db8:8::1/64 dev out nodad && ip link set out up"
            " && echo 1 > /proc/sys/net/ipv4/ip_forward"
            " && echo 1 > /proc/sys/net/ipv6/conf/all/forwarding"));
    far->enter();
    REQUIRE(
        run("ip link set lan up && ip address add 10.8.8.8/24 dev lan"
            " && ip address add 2001:db8:8::8/64 dev lan nodad"));
    const Peers peers = GENERATE(Peers{here_ipv4, vrrp::IpAddress(10, 8, 8, 8)},
                                 Peers{vrrp::IpAddress({0x2001, 0xdb8, 9, 0, 0, 0, 0, 9}),
                                       vrrp::IpAddress({0x2001, 0xdb8, 8, 0, 0, 0, 0, 8})});
    auto there = open_socket("lan", peers.there.family());
    hosts->here.enter();
    auto here = open_socket("lan", peers.here.family());

    CHECK(here.send(text("advert"), {.source = peers.here, .destination = peers.there, .ttl = 64}));
    const auto received = receive(there, 1);

    REQUIRE(received.size() == 1);
    CHECK(received[0].packet.source == peers.here);
    CHECK(received[0].packet.destination == peers.there);
    CHECK(received[0].packet.ttl == 63);
}

TEST_CASE("a socket refuses to send with TTL 0", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    auto socket = open_socket("lan");

    CHECK_FALSE(
        socket.send(text("advert"), {.source = here_ipv4, .destination = there_ipv4, .ttl = 0}));
}

}  // namespace net::test
