#include <linux/netlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "net/link_mirror.hpp"
#include "net_kernel_lab.hpp"

namespace net::test {

namespace {

const std::vector<std::string> mirrored{"lan", "far", "wan"};

/// Makes the notification sockets of this process so small that a few notifications overrun them.
void shrink_netlink_buffers() {
    for (int fd = 3; fd < 100; ++fd) {
        std::array<std::uint32_t, 8> groups{};
        socklen_t size = sizeof groups;
        const int smallest = 1;
        if (getsockopt(fd, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, &groups, &size) == 0 &&
            groups != decltype(groups){}) {
            setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &smallest, sizeof smallest);
        }
    }
}

}  // namespace

TEST_CASE("the mirror follows a link through its life", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    auto loop = create_loop();
    Script script(loop);
    auto mirror = LinkMirror::open(loop, mirrored, [&](vrrp::Instant) { script.go_on(); });
    REQUIRE(mirror);
    int first_index = 0;
    const auto is_up = [&](const char* name) {
        const Link* const link = mirror->find(name);
        return link && link->is_up;
    };
    const auto is_down = [&](const char* name) {
        const Link* const link = mirror->find(name);
        return link && !link->is_up;
    };

    script.step([] { make_pair(); }, [&] { return is_up("lan") && is_up("far"); });
    script.step([&] { first_index = mirror->find("lan")->index, run("ip link set lan down"); },
                [&] { return is_down("lan") && is_down("far"); });
    script.step([] { run("ip link set lan up"); }, [&] { return is_up("lan") && is_up("far"); });
    script.step([] { run("ip link set far down"); }, [&] { return is_down("lan"); });
    script.step([] { run("ip link set lan mtu 1400 address 02:00:00:00:00:07"); },
                [&] {
                    const Link* const link = mirror->find("lan");
                    return link->mtu == 1400 && link->mac == MacAddress{2, 0, 0, 0, 0, 7};
                });
    script.step([] { run("ip link set lan name wan"); },
                [&] { return mirror->find("wan") && !mirror->find("lan"); });
    script.step([] { run("ip link delete wan"); },
                [&] { return !mirror->find("wan") && !mirror->find("far"); });
    script.step([] { make_pair(); }, [&] { return is_up("lan"); });

    CHECK(script.play());
    CAPTURE(script.position());
    CHECK(mirror->find("lan")->index != first_index);
    CHECK(mirror->find("lan")->addresses.empty());
}

TEST_CASE("a port that leaves its bridge stays in the mirror", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    if (!run("ip link add bridge type bridge 2>/dev/null")) {
        WARN("SKIPPED: no bridges here");
        return;
    }
    auto loop = create_loop();
    Script script(loop);
    auto mirror = LinkMirror::open(loop, mirrored, [&](vrrp::Instant) { script.go_on(); });
    REQUIRE(mirror);

    script.step([] { run("ip link set lan master bridge && ip link set lan nomaster mtu 1400"); },
                [&] { return !mirror->find("lan") || mirror->find("lan")->mtu == 1400; });

    CHECK(script.play());
    CHECK(mirror->find("lan"));
}

TEST_CASE("the mirror takes up a link that is renamed to its name, and calls nobody for others",
          "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    auto loop = create_loop();
    Script script(loop);
    int calls = 0;
    auto mirror = LinkMirror::open(loop, {"eth0"}, [&](vrrp::Instant) {
        ++calls;
        script.go_on();
    });
    REQUIRE(mirror);
    const auto is_as_in_kernel = [&] {
        return mirror->find("eth0") && *mirror->find("eth0") == link_named("eth0");
    };

    script.step(
        [] {
            run("ip addr add 10.0.0.1/24 dev far && ip addr add 10.0.0.2/24 dev lan"
                " && ip link set lan name eth0");
        },
        [&] { return is_as_in_kernel() && mirror->find("eth0")->addresses.size() == 1; });
    const int first = link_named("lan").index;
    script.step([] { run("ip link set eth0 name lan && ip link set far name eth0"); },
                [&] { return is_as_in_kernel() && mirror->find("eth0")->index != first; });
    CHECK(script.play());
    CAPTURE(script.position());

    REQUIRE(mirror->find(first));
    CHECK(mirror->find(first)->name == "lan");
}

TEST_CASE("other links than the mirrored ones call nobody", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    auto loop = create_loop();
    Script script(loop);
    int calls = 0;
    auto mirror = LinkMirror::open(loop, {"eth0"}, [&](vrrp::Instant) { ++calls; });
    auto witness = LinkMirror::open(loop, mirrored, [&](vrrp::Instant) { script.go_on(); });
    REQUIRE(mirror);
    REQUIRE(witness);

    script.step([] { make_pair(); }, [&] { return witness->find("lan") != nullptr; });
    script.step([] { run("ip addr add 10.0.9.1/24 dev lan"); },
                [&] { return !witness->find("lan")->addresses.empty(); });
    script.step([] { run("ip link delete lan"); }, [&] { return !witness->find("lan"); });

    CHECK(script.play());
    CAPTURE(script.position());
    CHECK(calls == 0);
}

TEST_CASE("the mirror keeps the kernel's order of addresses", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    REQUIRE(run("echo 1 > /proc/sys/net/ipv4/conf/lan/promote_secondaries"));
    auto loop = create_loop();
    Script script(loop);
    auto mirror = LinkMirror::open(loop, mirrored, [&](vrrp::Instant) { script.go_on(); });
    REQUIRE(mirror);
    const auto is_as_in_kernel = [&] { return *mirror->find("lan") == link_named("lan"); };

    for (const std::string change : {
             "add 10.0.0.1/24",
             "add 10.0.0.2/24",
             "add 10.0.1.1/24",
             "add 10.0.1.2/24",
             "add 10.0.2.1/24 scope link",
             "add 10.0.3.1 peer 10.0.3.2/32",
             "add 10.0.3.1 peer 10.0.3.3/32",
             "add 10.0.4.1/24 valid_lft 900 preferred_lft 800",
             "change 10.0.4.1/24 valid_lft 700 preferred_lft 600",
             "delete 10.0.3.1 peer 10.0.3.2/32",
             "delete 10.0.1.1/24",  // 10.0.1.2 is promoted
             "delete 10.0.0.1/24",  // 10.0.0.2 is promoted
             "add 10.0.0.1/24",
             "add fe80::1/64 nodad",
             "add 2001:db8::1/64 nodad",
             "add 10.0.5.1/24",
             "add fe80::2/64 nodad",
             "add 2001:db8::2/64 nodad",
             "change 2001:db8::1/64 preferred_lft 0",
             "add 2001:db8::3 peer 2001:db8::4/128 nodad",
             "add fec0::1/64 nodad",
             "delete fe80::1/64",
         }) {
        script.step([change] { CHECK(run("ip address " + change + " dev lan")); }, is_as_in_kernel);
    }

    CHECK(script.play());
    CAPTURE(script.position());
    CHECK(mirror->find("lan")->addresses.size() == 12);
}

TEST_CASE("the mirror follows an IPv6 address through duplicate address detection", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    REQUIRE(run("ip address add fe80::2/64 dev far nodad"));
    auto loop = create_loop();
    Script script(loop);
    auto mirror = LinkMirror::open(loop, mirrored, [&](vrrp::Instant) { script.go_on(); });
    REQUIRE(mirror);
    const auto only = [&] {
        const auto& addresses = mirror->find("lan")->addresses;
        return addresses.size() == 1 ? addresses.front() : LinkAddress{};
    };
    const auto source = [&] {
        return primary_address(*mirror->find("lan"), vrrp::Family::ipv6, {});
    };

    script.step([] { CHECK(run("ip address add fe80::1/64 dev lan")); },
                [&] { return only().is_tentative && !source(); });
    script.step([] {}, [&] { return source() == vrrp::IpAddress::from_text("fe80::1"); });
    script.step([] { CHECK(run("ip address delete fe80::1/64 dev lan")); },
                [&] { return mirror->find("lan")->addresses.empty(); });
    script.step([] { CHECK(run("ip address add fe80::2/64 dev lan")); },
                [&] { return only().is_duplicate && !source(); });

    CHECK(script.play());
    CAPTURE(script.position());
}

TEST_CASE("the mirror tells once of many changes in one wake-up, and not of none", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    auto loop = create_loop();
    Script script(loop);
    int calls = 0;
    auto mirror = LinkMirror::open(loop, mirrored, [&](vrrp::Instant) {
        ++calls;
        script.go_on();
    });
    REQUIRE(mirror);
    auto table = open_table();
    const auto wanted = many_addresses(200, 32);

    const auto there = [&] { return mirror->find("lan")->addresses.size() == wanted.size(); };
    script.step([&] { CHECK(table.install(link_named("lan"), wanted)); }, there);
    CHECK(script.play());

    // The pair may have come up only after the mirror was opened: two more calls.
    CHECK(calls >= 1);
    CHECK(calls <= 3);
}

TEST_CASE("the mirror reads everything again when notifications are lost", "[system]") {
    const auto network = Network::create();
    if (!network) {
        return;
    }
    make_pair();
    auto loop = create_loop();
    Script script(loop);
    auto mirror = LinkMirror::open(loop, mirrored, [&](vrrp::Instant) { script.go_on(); });
    REQUIRE(mirror);
    shrink_netlink_buffers();
    auto table = open_table();
    const Link link = link_named("lan");
    const auto wanted = many_addresses(500, 32);
    const auto is_as_in_kernel = [&] { return *mirror->find("lan") == link_named("lan"); };

    script.step([&] { CHECK(table.install(link, wanted)); }, is_as_in_kernel);
    script.step([&] { CHECK(table.remove(link.index, std::span(wanted).subspan(100))); },
                is_as_in_kernel);
    script.step([] { run("ip link delete lan"); }, [&] { return !mirror->find("lan"); });

    CHECK(script.play());
    CAPTURE(script.position());
}

}  // namespace net::test
