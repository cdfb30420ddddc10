#include "engine/source_choice.hpp"

#include "catch2.hpp"

#include <optional>
#include <vector>

using engine::choose_source;
using vrrp::IpAddress;

namespace {

constexpr IpAddress link_local({0xfe80, 0, 0, 0, 0, 0, 0, 0x61});
constexpr IpAddress older({0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x61});
constexpr IpAddress newer({0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x100});
constexpr IpAddress virtual_ipv6({0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x60});
constexpr IpAddress peer({0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x62});

net::LinkAddress there(const IpAddress& address) {
    return {.address = address, .prefix_length = 64};
}

config::Router router_of(const IpAddress& address, std::vector<IpAddress> peers = {}) {
    config::Router router;
    router.addresses = {{address, 64}};
    router.protocol.addresses = {address};
    for (const IpAddress& each : peers) {
        router.protocol.peers.push_back({each});
    }
    return router;
}

}  // namespace

// The kernel shows the newest address first, and peers know us by the one that we had.
TEST_CASE("an IPv6 source stays while it can be used, whatever is added", "[engine]") {
    const config::Router router = router_of(virtual_ipv6, {peer});
    const net::Link before{.addresses = {there(older), there(link_local)}};
    const net::Link after{.addresses = {there(newer), there(older), there(link_local)}};
    const auto chosen = choose_source(router, before, router.addresses, std::nullopt);
    REQUIRE(chosen == older);

    CHECK(choose_source(router, after, router.addresses, chosen) == older);
    CHECK(choose_source(router, after, router.addresses, std::nullopt) == newer);
    net::Link without = after;
    without.addresses[1].is_duplicate = true;
    CHECK(choose_source(router, without, router.addresses, chosen) == newer);
}

TEST_CASE("IPv6 peers beyond the link are spoken to from an address that they can answer",
          "[engine]") {
    const net::Link link{.addresses = {there(virtual_ipv6), there(link_local), there(older)}};
    const config::Router near = router_of(virtual_ipv6);
    const config::Router far = router_of(virtual_ipv6, {peer});

    CHECK(choose_source(near, link, near.addresses, std::nullopt) == link_local);
    CHECK(choose_source(far, link, far.addresses, std::nullopt) == older);
    CHECK_FALSE(choose_source(far, net::Link{.addresses = {there(link_local)}}, far.addresses,
                              std::nullopt));
}

TEST_CASE("a configured source is waited for, and no other taken", "[engine]") {
    config::Router router = router_of(virtual_ipv6, {peer});
    router.source = newer;
    const net::Link without{.addresses = {there(older), there(link_local)}};
    net::Link with = without;
    with.addresses.push_back(there(newer));

    CHECK_FALSE(choose_source(router, without, router.addresses, older));
    CHECK(choose_source(router, with, router.addresses, older) == newer);
    with.addresses.back().is_tentative = true;
    CHECK_FALSE(choose_source(router, with, router.addresses, older));
}

TEST_CASE("an IPv4 owner speaks from its own address, also while that is away", "[engine]") {
    config::Router router;
    const IpAddress own(192, 0, 2, 60);
    router.addresses = {{own, 24}};
    router.protocol.addresses = {own};
    router.protocol.priority = vrrp::owner_priority;

    CHECK(choose_source(router, net::Link{.addresses = {there(own)}}, router.addresses,
                        std::nullopt) == own);
    CHECK(choose_source(router, net::Link{}, router.addresses, std::nullopt) == own);
}

TEST_CASE("an owner without addresses speaks from one of the link's", "[engine]") {
    config::Router router;
    router.protocol.priority = vrrp::owner_priority;
    const IpAddress other(192, 0, 2, 61);

    CHECK(choose_source(router, net::Link{.addresses = {there(other)}}, router.addresses,
                        std::nullopt) == other);
    CHECK_FALSE(choose_source(router, net::Link{}, router.addresses, std::nullopt));
}

TEST_CASE("an address that is not advertised is no address to speak from", "[engine]") {
    config::Router router = router_of(IpAddress(192, 0, 2, 60));
    const IpAddress unadvertised(192, 0, 2, 7);
    const IpAddress own(192, 0, 2, 61);
    router.addresses.push_back({unadvertised, 24});
    const net::Link link{.addresses = {{.address = unadvertised}, {.address = own}}};

    CHECK(choose_source(router, link, router.addresses, std::nullopt) == own);
}
