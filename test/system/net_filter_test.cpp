#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "catch2.hpp"
#include "net/accept_filter.hpp"
#include "net/neighbour_watch.hpp"
#include "net_kernel_lab.hpp"
#include "net_neighbours.hpp"

namespace net::test {

namespace {

using Ownership = AcceptFilter::Ownership;

const vrrp::VirtualAddress virtual4{{192, 0, 2, 60}, 24};
const vrrp::VirtualAddress virtual6{vrrp::IpAddress({0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x60}), 64};
const std::vector<vrrp::VirtualAddress> virtual_addresses{virtual4, virtual6};

AcceptFilter open_filter(Ownership ownership = Ownership::socket) {
    auto filter = AcceptFilter::open(ownership);
    REQUIRE(filter);
    return std::move(*filter);
}

bool has_table(const AcceptFilter& filter) {
    return run("nft list table inet " + filter.table() + " > /dev/null 2>&1");
}

bool has_no_rules() {
    return run("test -z \"$(nft list ruleset)\"");
}

/// How many addresses that begin with `beginning` the table holds.
bool has_addresses(const AcceptFilter& filter, const std::string& beginning, int count) {
    return run("test $(nft -j list table inet " + filter.table() + " | grep -o '\"" + beginning +
               "' | wc -l) = " + std::to_string(count));
}

/// Two hosts, and the virtual addresses on ours.
std::optional<Neighbours> create_hosts() {
    auto hosts = Neighbours::create();
    if (hosts) {
        REQUIRE(
            run("ip address add 192.0.2.60/24 dev lan"
                " && ip address add 2001:db8::60/64 dev lan nodad"));
    }
    return hosts;
}

/// Does something with the socket and port 9 of the address: `bind` or `connect`.
template <auto act>
int at(const os::Fd& socket, const vrrp::IpAddress& address) {
    const auto bytes = address.bytes();
    if (address.family() == vrrp::Family::ipv6) {
        sockaddr_in6 place{};
        place.sin6_family = AF_INET6;
        place.sin6_port = htons(9);
        std::memcpy(&place.sin6_addr, bytes.data(), bytes.size());
        return act(socket.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place);
    }
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(9);
    std::memcpy(&place.sin_addr, bytes.data(), bytes.size());
    return act(socket.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place);
}

/// Tries to connect, which is answered by a refusal.
os::Fd knock(const vrrp::IpAddress& address) {
    const int family = address.family() == vrrp::Family::ipv4 ? AF_INET : AF_INET6;
    os::Fd socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    REQUIRE(socket.is_open());
    at<connect>(socket, address);
    return socket;
}

os::Fd ping(const vrrp::IpAddress& address) {
    const bool is_ipv4 = address.family() == vrrp::Family::ipv4;
    os::Fd socket(::socket(is_ipv4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
                           is_ipv4 ? static_cast<int>(IPPROTO_ICMP) : IPPROTO_ICMPV6));
    REQUIRE(socket.is_open());
    icmp6_filter replies_only;
    ICMP6_FILTER_SETBLOCKALL(&replies_only);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &replies_only);
    if (!is_ipv4) {
        setsockopt(socket.get(), IPPROTO_ICMPV6, ICMP6_FILTER, &replies_only, sizeof replies_only);
    }
    REQUIRE(at<connect>(socket, address) == 0);
    std::array<std::uint8_t, 8> request{128};  // the kernel adds ICMPv6's checksum
    if (is_ipv4) {
        request = {8, 0, 0xf7, 0xff};
    }
    REQUIRE(send(socket.get(), request.data(), request.size(), 0) == 8);
    return socket;
}

/// Waits, for ten seconds at most, until the socket has something to say.
bool is_answered_in_time(const os::Fd& socket) {
    auto loop = create_loop();
    Script script(loop);
    bool is_answered = false;
    auto source =
        loop.watch(socket.get(), EPOLLIN, os::Urgency::adverts, [&](std::uint32_t, vrrp::Instant) {
            is_answered = true;
            script.go_on();
        });
    REQUIRE(source);
    script.step([] {}, [&] { return is_answered; });
    return script.play();
}

bool is_answered_by_now(const os::Fd& socket) {
    pollfd item{.fd = socket.get(), .events = POLLIN, .revents = 0};
    return poll(&item, 1, 0) == 1;
}

vrrp::IpAddress own_address(vrrp::Family family) {
    return family == vrrp::Family::ipv4 ? vrrp::IpAddress(192, 0, 2, 1)
                                        : vrrp::IpAddress({0x2001, 0xdb8, 0, 0, 0, 0, 0, 1});
}

/// Whether the address accepts traffic, as seen from the other host: an answer of another address
/// of the same host, asked later, shows that there was time.
void check_silent(const Neighbours& hosts, const vrrp::IpAddress& address) {
    INFO(address.to_text());
    hosts.there.enter();
    const os::Fd knocked = knock(address);
    const os::Fd pinged = ping(address);
    CHECK(is_answered_in_time(knock(own_address(address.family()))));
    CHECK(is_answered_in_time(ping(own_address(address.family()))));
    CHECK_FALSE(is_answered_by_now(knocked));
    CHECK_FALSE(is_answered_by_now(pinged));
    hosts.here.enter();
}

void check_answering(const Neighbours& hosts, const vrrp::IpAddress& address) {
    INFO(address.to_text());
    hosts.there.enter();
    CHECK(is_answered_in_time(knock(address)));
    CHECK(is_answered_in_time(ping(address)));
    hosts.here.enter();
}

/// Who claims the virtual addresses, as the other host sees it.
NeighbourWatch watch_from_there(const Neighbours& hosts) {
    hosts.there.enter();
    auto watch = NeighbourWatch::open(link_named("lan"));
    REQUIRE(watch);
    REQUIRE(watch->watch(virtual_addresses));
    hosts.here.enter();
    return std::move(*watch);
}

/// The claims that have been seen by the time that `count` have, or ten seconds have passed.
std::vector<Claim> claims_seen(NeighbourWatch& watch, std::size_t count) {
    auto loop = create_loop();
    Script script(loop);
    std::vector<Claim> claims;
    auto source =
        loop.watch(watch.fd(), EPOLLIN, os::Urgency::adverts, [&](std::uint32_t, vrrp::Instant) {
            watch.receive([&](const Claim& claim) { claims.push_back(claim); });
            script.go_on();
        });
    REQUIRE(source);
    script.step([] {}, [&] { return claims.size() >= count; });
    CHECK(script.play());
    return claims;
}

}  // namespace

TEST_CASE("a blocked address accepts neither connections nor pings until it is unblocked",
          "[system]") {
    const auto hosts = create_hosts();
    if (!hosts) {
        return;
    }
    auto filter = open_filter(GENERATE(Ownership::socket, Ownership::none));
    check_answering(*hosts, virtual4.address);
    check_answering(*hosts, virtual6.address);

    REQUIRE(filter.block(virtual_addresses));
    check_silent(*hosts, virtual4.address);
    check_silent(*hosts, virtual6.address);
    REQUIRE(filter.unblock(std::vector{virtual4}));
    check_answering(*hosts, virtual4.address);
    check_silent(*hosts, virtual6.address);
    REQUIRE(filter.unblock(std::vector{virtual6}));
    check_answering(*hosts, virtual6.address);
}

TEST_CASE("a blocked address answers ARP and neighbour discovery", "[system]") {
    const auto hosts = create_hosts();
    if (!hosts) {
        return;
    }
    auto filter = open_filter();
    REQUIRE(filter.block(virtual_addresses));
    auto watch = watch_from_there(*hosts);

    hosts->there.enter();
    knock(virtual4.address).close();
    knock(virtual6.address).close();
    const auto asked_by_group = claims_seen(watch, 2);
    REQUIRE(asked_by_group.size() == 2);
    // A neighbour that is known already is asked itself, not its group.
    REQUIRE(
        run("ip neighbour replace 192.0.2.60 dev lan nud probe"
            " lladdr $(ip neighbour show 192.0.2.60 | sed 's/.*lladdr //; s/ .*//')"));
    CHECK(claims_seen(watch, 1).size() == 1);
    REQUIRE(
        run("ip neighbour replace 2001:db8::60 dev lan nud probe"
            " lladdr $(ip neighbour show 2001:db8::60 | sed 's/.*lladdr //; s/ .*//')"));
    CHECK(claims_seen(watch, 1).size() == 1);
    hosts->here.enter();

    const MacAddress ours = link_named("lan").mac;
    for (const Claim& claim : asked_by_group) {
        CHECK(claim.mac == ours);
    }
}

TEST_CASE("a blocked address may ask for its neighbours, and hears their answers", "[system]") {
    const auto hosts = create_hosts();
    if (!hosts) {
        return;
    }
    const vrrp::IpAddress neighbour({0x2001, 0xdb8, 0, 0, 0, 0, 0, 2});
    auto filter = open_filter();
    REQUIRE(filter.block(virtual_addresses));
    hosts->there.enter();
    const os::Fd listener(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    REQUIRE(at<bind>(listener, neighbour) == 0);
    hosts->here.enter();
    const os::Fd sender(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    REQUIRE(at<bind>(sender, virtual6.address) == 0);
    REQUIRE(at<connect>(sender, neighbour) == 0);

    REQUIRE(send(sender.get(), "", 0, 0) == 0);

    CHECK(is_answered_in_time(listener));
}

TEST_CASE("a filter that blocks nothing changes nothing in the kernel", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    auto filter = open_filter();

    CHECK(filter.block({}));
    CHECK(filter.unblock(virtual_addresses));

    CHECK(has_no_rules());
}

TEST_CASE("blocking and unblocking again change nothing", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    auto filter = open_filter();

    REQUIRE(filter.block(virtual_addresses));
    CHECK(filter.block(std::vector{virtual4, virtual4}));
    CHECK(has_addresses(filter, "192.0.2.60", 1));
    CHECK(filter.unblock(std::vector{virtual4, virtual4}));
    CHECK(filter.unblock(virtual_addresses));
    CHECK(filter.unblock(virtual_addresses));

    CHECK(has_addresses(filter, "192.0.2.60", 0));
    CHECK(has_addresses(filter, "2001:db8::60", 0));
}

TEST_CASE("two thousand addresses are blocked at once", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    auto filter = open_filter();
    auto addresses = many_addresses(1000, 24);
    for (std::uint16_t i = 1; i <= 1000; ++i) {
        addresses.push_back({vrrp::IpAddress({0x2001, 0xdb8, 0, 0, 0, 0, 0, i}), 64});
    }

    CHECK(filter.block(addresses));
    CHECK(has_addresses(filter, "10.1.", 1000));
    CHECK(has_addresses(filter, "2001:db8::", 1000));

    CHECK(filter.unblock(addresses));
    CHECK(has_addresses(filter, "10.1.", 0));
    CHECK(has_addresses(filter, "2001:db8::", 0));
}

TEST_CASE("the table goes with the filter", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    {
        auto filter = open_filter(GENERATE(Ownership::socket, Ownership::none));
        REQUIRE(filter.block(virtual_addresses));
        const AcceptFilter moved = std::move(filter);
        CHECK(has_table(moved));
    }

    CHECK(has_no_rules());
}

TEST_CASE("the table goes when the process is killed", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    std::array<int, 2> pipe_ends{};
    REQUIRE(pipe(pipe_ends.data()) == 0);
    const os::Fd ready(pipe_ends[0]);
    os::Fd tell(pipe_ends[1]);

    const pid_t child = fork();
    if (child == 0) {
        auto filter = AcceptFilter::open();
        const char is_blocked = filter && filter->block(virtual_addresses) ? 'y' : 'n';
        if (write(tell.get(), &is_blocked, 1) == 1) {
            pause();
        }
        _exit(0);
    }
    REQUIRE(child > 0);
    char is_blocked = 0;
    tell.close();
    REQUIRE(read(ready.get(), &is_blocked, 1) == 1);
    const bool was_there = !has_no_rules();
    REQUIRE(kill(child, SIGKILL) == 0);
    REQUIRE(waitpid(child, nullptr, 0) == child);

    CHECK(is_blocked == 'y');
    CHECK(was_there);
    CHECK(has_no_rules());
}

TEST_CASE("others can neither flush nor delete the table", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    auto filter = open_filter();
    REQUIRE(filter.block(virtual_addresses));

    CHECK(run("nft flush ruleset"));
    CHECK_FALSE(run("nft delete table inet " + filter.table() + " 2> /dev/null"));

    CHECK(has_addresses(filter, "192.0.2.60", 1));
    CHECK(has_addresses(filter, "2001:db8::60", 1));
}

TEST_CASE("a table that others could remove is put back", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    auto filter = open_filter(Ownership::none);
    REQUIRE(filter.block(virtual_addresses));

    REQUIRE(run("nft flush ruleset"));
    CHECK(filter.block(std::vector{virtual4}));
    CHECK(has_addresses(filter, "192.0.2.60", 1));
    CHECK(has_addresses(filter, "2001:db8::60", 1));
    REQUIRE(run("nft flush ruleset"));
    CHECK(filter.unblock(std::vector{virtual4}));

    CHECK(has_addresses(filter, "192.0.2.60", 0));
    CHECK(has_addresses(filter, "2001:db8::60", 1));
}

TEST_CASE("a left-over table of the same name is replaced", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    auto filter = open_filter();
    const std::string rest = "inet " + filter.table();
    REQUIRE(run("nft 'add table " + rest + "; add set " + rest +
                " blocked4 { type ipv4_addr; }; add element " + rest +
                " blocked4 { 203.0.113.1 }'"));

    REQUIRE(filter.block(virtual_addresses));

    CHECK(has_addresses(filter, "203.0.113.1", 0));
    CHECK(has_addresses(filter, "192.0.2.60", 1));
}

TEST_CASE("two filters in one network do not disturb each other", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    auto first = open_filter();
    REQUIRE(first.block(std::vector{virtual4}));
    {
        auto second = open_filter();
        REQUIRE(second.table() != first.table());
        REQUIRE(second.block(std::vector{virtual6}));
        CHECK(has_addresses(second, "2001:db8::60", 1));
        CHECK(has_addresses(second, "192.0.2.60", 0));
    }

    CHECK(has_addresses(first, "192.0.2.60", 1));
    CHECK(first.block(std::vector{virtual6}));
}

TEST_CASE("without the right to change the network nothing is blocked, and it says so",
          "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    auto filter = open_filter();
    const uid_t nobody = 65534;
    if (seteuid(nobody) != 0) {
        WARN("SKIPPED: there is no other user here");
        return;
    }

    const auto refused = filter.block(virtual_addresses);
    REQUIRE(seteuid(0) == 0);

    REQUIRE_FALSE(refused);
    CHECK(refused.error().message() == "block traffic to addresses: Operation not permitted");
    CHECK(filter.block(virtual_addresses));
}

}  // namespace net::test
