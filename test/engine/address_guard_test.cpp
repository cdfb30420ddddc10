#include "engine/address_guard.hpp"

#include "catch2.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

const vrrp::VirtualAddress first{vrrp::IpAddress(192, 0, 2, 60), 24};
const vrrp::VirtualAddress second{vrrp::IpAddress({0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x60}), 64};

net::LinkAddress there(const vrrp::VirtualAddress& address, std::uint8_t protocol = 0) {
    return {
        .address = address.address, .prefix_length = address.prefix_length, .protocol = protocol};
}

}  // namespace

TEST_CASE("what is on the link before us is another's unless it bears our mark", "[engine]") {
    engine::AddressGuard guard({first, second}, true);
    const net::Link link{.addresses = {there(first), there(second, net::our_address_protocol)}};

    const auto found = guard.meet(link);

    CHECK(found.foreign == std::vector{first});
    CHECK(found.has_left_overs);
    CHECK(guard.ours() == std::vector{second});
}

TEST_CASE("on an empty link nothing is another's", "[engine]") {
    engine::AddressGuard guard({first, second}, true);
    static_cast<void>(guard.meet(net::Link{.addresses = {there(first)}}));

    const auto found = guard.meet(net::Link{});

    CHECK(found.foreign.empty());
    CHECK_FALSE(found.has_left_overs);
    CHECK(guard.ours() == std::vector{first, second});
}

TEST_CASE("an address is lost when it goes after all were there, and told once", "[engine]") {
    engine::AddressGuard guard({first, second}, true);
    const net::Link none;
    const net::Link one{.addresses = {there(first)}};
    const net::Link both{.addresses = {there(first), there(second)}};

    CHECK_FALSE(guard.has_lost(none));
    CHECK_FALSE(guard.has_lost(one));  // the second is on its way
    CHECK_FALSE(guard.has_lost(both));
    CHECK(guard.has_lost(one));
    CHECK_FALSE(guard.has_lost(none));
    CHECK_FALSE(guard.has_lost(both));
    CHECK(guard.has_lost(none));
}

TEST_CASE("what another takes away again, and we put there, is ours", "[engine]") {
    engine::AddressGuard guard({first, second}, true);
    const auto marked = there(second, net::our_address_protocol);
    static_cast<void>(guard.meet(net::Link{.addresses = {there(first), marked}}));
    REQUIRE(guard.ours() == std::vector{second});

    CHECK_FALSE(guard.has_lost(net::Link{.addresses = {there(first), marked}}));
    CHECK(guard.ours() == std::vector{second});
    CHECK(guard.has_lost(net::Link{.addresses = {marked}}));
    CHECK(guard.ours() == std::vector{first, second});
}

TEST_CASE("what another puts there while we wait is not ours", "[engine]") {
    engine::AddressGuard guard({first, second}, true);
    static_cast<void>(guard.meet(net::Link{}));
    const auto marked = there(second, net::our_address_protocol);

    CHECK_FALSE(guard.has_lost(net::Link{.addresses = {there(first), marked}}));

    CHECK(guard.ours() == std::vector{second});
}

TEST_CASE("where the kernel keeps no marks, what has a lease is ours", "[engine]") {
    engine::AddressGuard guard({first, second}, false);
    auto leased = there(first);
    leased.is_permanent = false;

    const auto found = guard.meet(net::Link{.addresses = {leased, there(second)}});

    CHECK(found.has_left_overs);
    CHECK(found.foreign == std::vector{second});
    CHECK(guard.ours() == std::vector{first});
}

TEST_CASE("an IPv4 address with another prefix length is another address", "[engine]") {
    engine::AddressGuard guard({first}, true);
    auto other = there(first);
    other.prefix_length = 32;

    const auto found = guard.meet(net::Link{.addresses = {other}});

    CHECK(found.foreign.empty());
    CHECK_FALSE(guard.has_lost(net::Link{.addresses = {other}}));
    CHECK_FALSE(guard.has_lost(net::Link{.addresses = {other, there(first)}}));
    CHECK(guard.has_lost(net::Link{.addresses = {other}}));
}

TEST_CASE("what goes after the state has changed is not lost", "[engine]") {
    engine::AddressGuard guard({first}, true);
    const net::Link link{.addresses = {there(first)}};
    REQUIRE_FALSE(guard.has_lost(link));

    guard.begin();

    CHECK_FALSE(guard.has_lost(net::Link{}));
}

TEST_CASE("of a thousand addresses in any order each is missed", "[engine]") {
    std::vector<vrrp::VirtualAddress> many;
    net::Link link;
    for (std::uint8_t number = 0; number < 250; ++number) {
        for (const std::uint8_t net : std::array<std::uint8_t, 4>{3, 1, 2, 0}) {
            many.push_back({vrrp::IpAddress(10, 0, net, number), 16});
            link.addresses.insert(link.addresses.begin(), there(many.back()));
        }
    }
    engine::AddressGuard guard(many, true);
    REQUIRE_FALSE(guard.has_lost(link));

    for (std::size_t missing = 0; missing < many.size(); missing += 111) {
        net::Link without = link;
        without.addresses.erase(without.addresses.begin() + static_cast<std::ptrdiff_t>(missing));
        // As many as there should be, and yet one is gone.
        without.addresses.push_back(without.addresses.front());
        CHECK(guard.has_lost(without));
        CHECK_FALSE(guard.has_lost(link));
    }
}

TEST_CASE("other addresses are guarded without forgetting whose the old ones are", "[engine]") {
    const vrrp::VirtualAddress third{vrrp::IpAddress(192, 0, 2, 61), 24};
    const vrrp::VirtualAddress fourth{vrrp::IpAddress(192, 0, 2, 62), 24};
    engine::AddressGuard guard({first, second}, true);
    static_cast<void>(guard.meet(net::Link{.addresses = {there(first)}}));
    // The second one is ours by now, the fourth one is another's.
    const net::Link link{
        .addresses = {there(first), there(second, net::our_address_protocol), there(fourth)}};

    guard.change({first, second, third, fourth}, &link);

    CHECK(guard.ours() == std::vector{second, third});
}

TEST_CASE("an address that is new is not lost before it was there", "[engine]") {
    engine::AddressGuard guard({first}, true);
    const net::Link one{.addresses = {there(first, net::our_address_protocol)}};
    const net::Link both{.addresses = {there(first, net::our_address_protocol),
                                       there(second, net::our_address_protocol)}};
    static_cast<void>(guard.has_lost(one));

    guard.change({first, second}, &one);

    CHECK_FALSE(guard.has_lost(one));
    CHECK_FALSE(guard.has_lost(both));
    CHECK(guard.has_lost(one));
}
