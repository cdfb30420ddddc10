#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "catch2.hpp"
#include "net/announcement.hpp"
#include "net/announcer.hpp"
#include "net_kernel_lab.hpp"

namespace net::test {

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
