#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/ip.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "catch2.hpp"
#include "net/vrrp_socket.hpp"
#include "net_kernel_lab.hpp"

namespace net::test {

namespace {

using Bytes = std::vector<std::byte>;

/// Whether the socket stays silent although everything that was sent has arrived.
bool is_silent(const VrrpSocket& socket) {
    pollfd readable{.fd = socket.fd(), .events = POLLIN, .revents = 0};
    return poll(&readable, 1, 0) == 0;
}

VrrpSocket open_authenticated(const std::string& link) {
    auto socket = VrrpSocket::open_authenticated(link_named(link));
    REQUIRE(socket);
    return std::move(*socket);
}

/// A message of a router id, told apart by its last byte.
Bytes message_of(int router_id, char mark) {
    Bytes result = text("........");
    result[1] = static_cast<std::byte>(router_id);
    result.back() = static_cast<std::byte>(mark);
    return result;
}

/// An IPv4 packet of AH from 10.9.9.9 to the group, its header's checksum right: AH with numbers
/// for contents, and a message of the router id.
Bytes authenticated_packet(int router_id) {
    Bytes packet(20);
    const std::array<int, 20> header{0x45, 0xc0, 0,  52, 0x12, 0x34, 0,   0, 255, 51,
                                     0,    0,    10, 9,  9,    9,    224, 0, 0,   18};
    std::ranges::transform(header, packet.begin(), [](int byte) { return std::byte(byte); });
    unsigned sum = 0;
    for (std::size_t i = 0; i < header.size(); i += 2) {
        sum += static_cast<unsigned>(header[i] << 8 | header[i + 1]);
    }
    sum = (sum & 0xffff) + (sum >> 16);
    packet[10] = std::byte(~sum >> 8 & 0xff);
    packet[11] = std::byte(~sum & 0xff);
    for (int i = 0; i < 24; ++i) {
        packet.push_back(std::byte(i));
    }
    std::ranges::copy(message_of(router_id, 'a'), std::back_inserter(packet));
    return packet;
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

    CHECK(here.send(text("first"), to_group(here_ipv4)));
    CHECK(here.send(text("second"), to_group(vrrp::IpAddress(192, 0, 2, 1))));
    const auto received = receive(there, 2);

    REQUIRE(received.size() == 2);
    CHECK(received[0].message == text("first"));
    CHECK(received[0].packet.source == here_ipv4);
    CHECK(received[1].message == text("second"));
    CHECK(received[1].packet.source == vrrp::IpAddress(192, 0, 2, 1));
    CHECK(received[1].packet.destination == vrrp::IpAddress(224, 0, 0, 18));
    CHECK(received[1].packet.ttl == 255);
    CHECK(received[1].whole.size() == 20 + received[1].message.size());
    CHECK(received[1].whole[1] == std::byte{0xc0});  // network control
    CHECK(is_silent(here));
}

TEST_CASE("adverts that were queued are sent in order, and the refused one is handed out",
          "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    auto here = open_socket("lan");
    hosts->there.enter();
    auto there = open_socket("lan");
    const vrrp::IpAddress foreign(198, 51, 100, 7);
    std::vector<std::string> refused;
    const VrrpSocket::OnRefused note = [&](std::span<const std::byte> message,
                                           const os::Error& error) {
        CHECK(Bytes(message.begin(), message.end()) == text("not ours"));
        refused.push_back(error.message());
    };

    CHECK(here.queue(text("first"), to_group(here_ipv4)));
    CHECK(here.queue(text("not ours"), to_group(foreign)));
    CHECK(here.queue(text("second"), to_group(vrrp::IpAddress(192, 0, 2, 1))));
    CHECK(is_silent(there));
    here.flush(note);
    here.flush(note);
    const auto received = receive(there, 2);

    REQUIRE(received.size() == 2);
    CHECK(received[0].message == text("first"));
    CHECK(received[0].packet.source == here_ipv4);
    CHECK(received[0].packet.ttl == 255);
    CHECK(received[1].message == text("second"));
    CHECK(received[1].packet.source == vrrp::IpAddress(192, 0, 2, 1));
    CHECK(is_silent(there));
    REQUIRE(refused.size() == 1);
    CHECK(refused[0].starts_with("send an advertisement from 198.51.100.7 to 224.0.0.18"));
}

TEST_CASE("a queue has room for many short adverts, and for a longest one", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    auto here = open_socket("lan");
    const VrrpSocket::OnRefused none = [](auto, const os::Error& error) { FAIL(error.message()); };
    int queued = 0;
    while (here.queue(text("advert"), to_group(here_ipv4))) {
        ++queued;
        REQUIRE(queued <= 64);
    }
    CHECK(queued == 64);
    here.flush(none);
    // The link carries 1500 bytes: it goes in fragments.
    CHECK(here.queue(Bytes(vrrp::max_message_size), to_group(here_ipv4)));
    here.flush(none);
}

TEST_CASE("an advert of IPv6 arrives as it was sent, from a link-local address", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    REQUIRE(run("ip address add fe80::99/64 dev lan nodad"));
    auto here = open_socket("lan", vrrp::Family::ipv6);
    hosts->there.enter();
    auto there = open_socket("lan", vrrp::Family::ipv6);
    const vrrp::IpAddress second_source({0xfe80, 0, 0, 0, 0, 0, 0, 0x99});

    CHECK(here.send(text("the first"), to_group(here_ipv6)));
    CHECK(here.send(text("the second"), to_group(second_source)));
    const auto received = receive(there, 2);

    REQUIRE(received.size() == 2);
    CHECK(received[0].message == text("the first"));
    CHECK(received[0].whole == received[0].message);
    CHECK(received[0].packet.source == here_ipv6);
    CHECK(received[0].packet.destination == vrrp::IpAddress({0xff02, 0, 0, 0, 0, 0, 0, 0x12}));
    CHECK(received[0].packet.ttl == 255);
    CHECK(received[1].message == text("the second"));
    CHECK(received[1].packet.source == second_source);
    CHECK(is_silent(here));
}

/// RFC 9568 section 5.1.2, RFC 2464 section 7.
TEST_CASE("an advert of IPv6 looks on the wire as the standard wants it", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    auto here = open_socket("lan", vrrp::Family::ipv6);
    hosts->there.enter();
    const os::Fd listener(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_IPV6)));
    REQUIRE(listener.is_open());

    CHECK(here.send(text("an advert"), to_group(here_ipv6)));

    auto loop = create_loop();
    Script script(loop);
    std::array<std::byte, 63> frame{};
    const auto is_advert = [&] { return frame[20] == std::byte{112}; };
    auto source = loop.watch(listener.get(), EPOLLIN, os::Urgency::adverts,
                             [&](std::uint32_t, vrrp::Instant) {
                                 recv(listener.get(), frame.data(), frame.size(), 0);
                                 script.go_on();
                             });
    REQUIRE(source);
    script.step([] {}, is_advert);
    REQUIRE(script.play());
    const std::array group_mac{std::byte{0x33}, std::byte{0x33}, std::byte{0},
                               std::byte{0},    std::byte{0},    std::byte{0x12}};
    CHECK(std::ranges::equal(std::span(frame).first(6), group_mac));
    CHECK((frame[14] & std::byte{0x0f}) == std::byte{0x0c});  // network control
    CHECK(frame[21] == std::byte{255});                       // hop limit
    CHECK(std::ranges::equal(std::span(frame).subspan(54), text("an advert")));
}

TEST_CASE("the longest message arrives whole, a longer one is passed over", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    auto here = open_socket("lan", vrrp::Family::ipv6);
    hosts->there.enter();
    auto there = open_socket("lan", vrrp::Family::ipv6);
    const Bytes longest(vrrp::max_message_size, std::byte{'l'});

    CHECK(here.send(Bytes(5000), to_group(here_ipv6)));
    CHECK(here.send(longest, to_group(here_ipv6)));
    const auto received = receive(there, 1);

    REQUIRE(received.size() == 1);
    CHECK(received[0].message == longest);
}

TEST_CASE("an advert is not sent from an address that this host has not", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    auto ipv4 = open_socket("lan");
    auto ipv6 = open_socket("lan", vrrp::Family::ipv6);

    const auto sent = ipv4.send(text("advert"), to_group(vrrp::IpAddress(10, 9, 9, 8)));
    const auto sent_too = ipv6.send(text("advert"), to_group(there_ipv6));

    REQUIRE_FALSE(sent);
    CHECK(sent.error().doing == "send an advertisement from 10.9.9.8 to 224.0.0.18");
    REQUIRE_FALSE(sent_too);
    CHECK(sent_too.error().doing == "send an advertisement from fe80::1 to ff02::12");
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
        CHECK(here.send(text("number " + std::to_string(i)), to_group(here_ipv4)));
    }
    const auto received = receive(there, 500);

    REQUIRE(received.size() == 500);
    CHECK(received[0].message == text("number 0"));
    CHECK(received[499].message == text("number 499"));
}

TEST_CASE("a socket says whether more packets may wait than it handed out", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    const vrrp::IpAddress source = GENERATE(here_ipv4, here_ipv6);
    auto here = open_socket("lan", source.family());
    hosts->there.enter();
    auto there = open_socket("lan", source.family());
    auto witness = open_socket("lan", source.family());
    for (int i = 0; i < 40; ++i) {
        CHECK(here.send(text("advert"), to_group(source)));
    }
    REQUIRE(receive(witness, 40).size() == 40);
    int count = 0;
    const auto take = [&](const IpPacket&) { ++count; };

    CHECK(there.receive(take));
    CHECK(count == 32);
    CHECK_FALSE(there.receive(take));
    CHECK(count == 40);
    CHECK_FALSE(there.receive(take));
    CHECK(count == 40);
}

TEST_CASE("a socket hears its own link and family only, also after that was down", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    const vrrp::IpAddress source = GENERATE(here_ipv4, here_ipv6);
    const auto other_family = source == here_ipv4 ? vrrp::Family::ipv6 : vrrp::Family::ipv4;
    auto here = open_socket("lan", source.family());
    hosts->there.enter();
    make_pair("other");
    auto there = open_socket("lan", source.family());
    auto elsewhere = open_socket("other", source.family());
    auto otherwise = open_socket("lan", other_family);
    REQUIRE(run("ip link set lan down"));
    hosts->bring_wire_up();

    CHECK(here.send(text("advert"), to_group(source)));
    const auto received = receive(there, 1);

    CHECK(received.size() == 1);
    CHECK(is_silent(elsewhere));
    CHECK(is_silent(otherwise));
}

TEST_CASE("a socket cannot be opened on a link that is gone", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    const Link gone{.index = 99, .name = "gone"};

    for (const auto& socket :
         {VrrpSocket::open(gone, vrrp::Family::ipv4), VrrpSocket::open(gone, vrrp::Family::ipv6),
          VrrpSocket::open_authenticated(gone)}) {
        REQUIRE_FALSE(socket);
        CHECK(socket.error().message() == "open the VRRP socket on gone: No such device");
    }
}

TEST_CASE("packets of foreign router ids don't wake a socket", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    const vrrp::IpAddress source = GENERATE(here_ipv4, here_ipv6);
    auto here = open_socket("lan", source.family());
    hosts->there.enter();
    auto there = open_socket("lan", source.family());
    auto witness = open_socket("lan", source.family());
    REQUIRE(there.admit(RouterIds().set(51).set(250)));

    for (int id = 0; id < 250; ++id) {
        CHECK((id == 51 || here.send(message_of(id, 'f'), to_group(source))));
    }
    REQUIRE(receive(witness, 249).size() == 249);
    CHECK(is_silent(there));
    CHECK(here.send(message_of(51, 'a'), to_group(source)));
    CHECK(here.send(message_of(250, 'b'), to_group(source)));
    const auto received = receive(there, 2);

    REQUIRE(received.size() == 2);
    CHECK(received[0].message == message_of(51, 'a'));
    CHECK(received[1].message == message_of(250, 'b'));
}

TEST_CASE("a set of router ids can be changed, and counts for what comes then", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    auto here = open_socket("lan");
    hosts->there.enter();
    auto there = open_socket("lan");
    auto witness = open_socket("lan");
    CHECK(here.send(message_of(1, 'a'), to_group(here_ipv4)));
    REQUIRE(receive(witness, 1).size() == 1);

    REQUIRE(there.admit(RouterIds().set(2)));
    CHECK(here.send(message_of(1, 'b'), to_group(here_ipv4)));
    CHECK(here.send(message_of(2, 'c'), to_group(here_ipv4)));
    REQUIRE(receive(witness, 2).size() == 2);
    REQUIRE(there.admit(RouterIds().set(1)));
    CHECK(here.send(message_of(1, 'd'), to_group(here_ipv4)));
    const auto received = receive(there, 3);

    REQUIRE(received.size() == 3);
    CHECK(received[0].message == message_of(1, 'a'));
    CHECK(received[1].message == message_of(2, 'c'));
    CHECK(received[2].message == message_of(1, 'd'));
}

TEST_CASE("the router id is found behind an IP header with options", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    auto here = open_socket("lan");
    const std::array<std::uint8_t, 8> options{IPOPT_NOP, IPOPT_NOP, IPOPT_NOP, IPOPT_NOP,
                                              IPOPT_RA,  4,         0,         0};
    REQUIRE(setsockopt(here.fd(), IPPROTO_IP, IP_OPTIONS, options.data(), options.size()) == 0);
    hosts->there.enter();
    auto there = open_socket("lan");
    REQUIRE(there.admit(RouterIds().set(51)));

    CHECK(here.send(message_of(52, 'a'), to_group(here_ipv4)));
    CHECK(here.send(message_of(51, 'b'), to_group(here_ipv4)));
    const auto received = receive(there, 1);

    REQUIRE(received.size() == 1);
    CHECK(received[0].whole.size() == 28 + 8);
    CHECK(received[0].message == message_of(51, 'b'));
}

TEST_CASE("an authenticated packet arrives byte for byte, at its own kind of socket", "[system]") {
    const auto hosts = TwoHosts::create();
    if (!hosts) {
        return;
    }
    auto here = open_authenticated("lan");
    hosts->there.enter();
    auto there = open_authenticated("lan");
    auto plain = open_socket("lan");
    REQUIRE(there.admit(RouterIds().set(51)));
    const Bytes packet = authenticated_packet(51);

    CHECK(here.send_packet(authenticated_packet(52), vrrp_group(vrrp::Family::ipv4)));
    CHECK(here.send_packet(packet, vrrp_group(vrrp::Family::ipv4)));
    const auto received = receive(there, 1);

    REQUIRE(received.size() == 1);
    CHECK(received[0].whole == packet);
    CHECK(received[0].message == Bytes(packet.begin() + 20, packet.end()));
    CHECK(received[0].packet.source == here_ipv4);
    CHECK(received[0].packet.ttl == 255);
    CHECK(is_silent(plain));
    CHECK(is_silent(here));
}

}  // namespace net::test
