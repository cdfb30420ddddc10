#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
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
#include "net/vrrp_socket.hpp"
#include "net_kernel_lab.hpp"

namespace net::test {

namespace {

struct Received {
    std::vector<std::byte> message;
    vrrp::PacketContext packet;
};

std::vector<std::byte> text(std::string_view characters) {
    const auto bytes = std::as_bytes(std::span(characters));
    return {bytes.begin(), bytes.end()};
}

VrrpSocket open_socket(const std::string& link) {
    auto socket = VrrpSocket::open(link_named(link));
    REQUIRE(socket);
    return std::move(*socket);
}

/// Two hosts on one wire: "lan" here, with two addresses and no route but theirs, and "lan" there.
struct TwoHosts {
    Network there;
    Network here;

    /// Makes both, enters `here`, and waits until the wire carries.
    static std::optional<TwoHosts> create() {
        auto there = Network::create();
        auto here = there ? Network::create() : std::nullopt;
        if (!here) {
            return std::nullopt;
        }
        REQUIRE(run("ip link add lan type veth peer name lan netns " + there->path() +
                    " && ip address add 192.0.2.1/32 dev lan"
                    " && ip address add 10.9.9.9/24 dev lan && ip link set lan up"));
        there->enter();
        REQUIRE(run("ip address add 10.9.9.1/24 dev lan"));
        here->enter();
        TwoHosts hosts{std::move(*there), std::move(*here)};
        hosts.bring_wire_up();
        return hosts;
    }

    void bring_wire_up() const {
        auto loop = create_loop();
        Script script(loop);
        auto mirror = LinkMirror::open(loop, [&](vrrp::Instant) { script.go_on(); });
        REQUIRE(mirror);
        script.step(
            [this] {
                there.enter();
                run("ip link set lan up");
                here.enter();
            },
            [&] { return mirror->find("lan") && mirror->find("lan")->is_up; });
        REQUIRE(script.play());
    }
};

/// What has arrived by the time that `count` messages have, or ten seconds have passed.
std::vector<Received> receive(VrrpSocket& socket, std::size_t count) {
    auto loop = create_loop();
    Script script(loop);
    std::vector<Received> received;
    auto source =
        loop.watch(socket.fd(), EPOLLIN, os::Urgency::adverts, [&](std::uint32_t, vrrp::Instant) {
            socket.receive([&](auto message, const auto& packet) {
                received.push_back({{message.begin(), message.end()}, packet});
            });
            script.go_on();
        });
    REQUIRE(source);
    script.step([] {}, [&] { return received.size() >= count; });
    CHECK(script.play());
    return received;
}

}  // namespace

TEST_CASE("an advert arrives at the other host with TTL 255 and the chosen source", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    auto here = open_socket("lan");
    hosts->there.enter();
    auto there = open_socket("lan");

    CHECK(here.send(text("first"), vrrp::IpAddress(10, 9, 9, 9)));
    CHECK(here.send(text("second"), vrrp::IpAddress(192, 0, 2, 1)));
    const auto received = receive(there, 2);

    REQUIRE(received.size() == 2);
    CHECK(received[0].message == text("first"));
    CHECK(received[0].packet.source == vrrp::IpAddress(10, 9, 9, 9));
    CHECK(received[1].message == text("second"));
    CHECK(received[1].packet.source == vrrp::IpAddress(192, 0, 2, 1));
    CHECK(received[1].packet.destination == vrrp_group);
    CHECK(received[1].packet.ttl == 255);
    here.receive([](auto, const auto&) { FAIL_CHECK("our own advert came back"); });
}

TEST_CASE("an advert is not sent from an address that this host has not", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    auto socket = open_socket("lan");

    const auto sent = socket.send(text("advert"), vrrp::IpAddress(10, 9, 9, 8));

    REQUIRE_FALSE(sent);
    CHECK(sent.error().doing == "send an advertisement from 10.9.9.8");
}

TEST_CASE("more adverts than one call takes arrive in order", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    auto here = open_socket("lan");
    hosts->there.enter();
    auto there = open_socket("lan");

    for (int i = 0; i < 500; ++i) {
        CHECK(here.send(text(std::to_string(i)), vrrp::IpAddress(10, 9, 9, 9)));
    }
    const auto received = receive(there, 500);

    REQUIRE(received.size() == 500);
    CHECK(received[0].message == text("0"));
    CHECK(received[499].message == text("499"));
}

TEST_CASE("a socket hears its own link only, also after that was down", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    auto here = open_socket("lan");
    hosts->there.enter();
    make_pair("other");
    auto there = open_socket("lan");
    auto elsewhere = open_socket("other");
    REQUIRE(run("ip link set lan down"));
    hosts->bring_wire_up();

    CHECK(here.send(text("advert"), vrrp::IpAddress(10, 9, 9, 9)));
    const auto received = receive(there, 1);

    CHECK(received.size() == 1);
    elsewhere.receive([](auto, const auto&) { FAIL_CHECK("an advert of another link"); });
}

TEST_CASE("a socket cannot be opened on a link that is gone", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }

    const auto socket = VrrpSocket::open(Link{.index = 99, .name = "gone"});

    REQUIRE_FALSE(socket);
    CHECK(socket.error().message() == "open the VRRP socket on gone: No such device");
}

TEST_CASE("announcements reach the other host, all requests before all replies", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    hosts->there.enter();
    const os::Fd listener(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ARP)));
    REQUIRE(listener.is_open());
    hosts->here.enter();
    const auto addresses = many_addresses(100, 24);
    const auto link = link_named("lan");
    auto announcer = Announcer::open();
    REQUIRE(announcer);

    const auto announced = announcer->announce(link, addresses);

    CHECK(announced);
    auto loop = create_loop();
    Script script(loop);
    std::vector<std::array<std::byte, arp_frame_size>> frames;
    auto source = loop.watch(listener.get(), EPOLLIN, os::Urgency::adverts,
                             [&](std::uint32_t, vrrp::Instant) {
                                 auto& frame = frames.emplace_back();
                                 recv(listener.get(), frame.data(), frame.size(), 0);
                                 script.go_on();
                             });
    REQUIRE(source);
    script.step([] {}, [&] { return frames.size() == 2 * addresses.size(); });
    CHECK(script.play());
    REQUIRE(frames.size() == 200);
    for (std::size_t i = 0; i < 100; ++i) {
        CHECK(frames[i] == gratuitous_arp(ArpForm::request, link.mac, addresses[i].address));
        CHECK(frames[100 + i] == gratuitous_arp(ArpForm::reply, link.mac, addresses[i].address));
    }
}

TEST_CASE("announcing a thousand addresses at once loses none", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    auto announcer = Announcer::open();
    REQUIRE(announcer);

    const auto announced = announcer->announce(link_named("lan"), many_addresses(1000, 24));

    CHECK(announced);
    CHECK(
        run("test $(ip -s -json link show lan | sed 's/.*\"tx\":{[^}]*\"packets\":\\([0-9]*\\)"
            ".*/\\1/') -ge 2000"));
}

TEST_CASE("a link that is down refuses announcements, one without a MAC address needs none",
          "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    auto link = link_named("lan");
    REQUIRE(run("ip link set lan down"));
    auto announcer = Announcer::open();
    REQUIRE(announcer);

    const auto refused = announcer->announce(link, many_addresses(3, 24));
    link.mac = {};
    const auto unneeded = announcer->announce(link, many_addresses(3, 24));

    REQUIRE_FALSE(refused);
    CHECK(refused.error().message() == "announce addresses on lan: Network is down");
    CHECK(unneeded);
}

}  // namespace net::test
