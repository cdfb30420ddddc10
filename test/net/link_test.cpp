#include <optional>
#include <vector>

#include "catch2.hpp"
#include "net/link.hpp"

namespace net::test {

namespace {

LinkAddress primary(vrrp::IpAddress address) {
    return {.address = address, .prefix_length = 24};
}

LinkAddress secondary(vrrp::IpAddress address) {
    return {.address = address, .prefix_length = 24, .is_secondary = true};
}

constexpr vrrp::IpAddress first(192, 0, 2, 1);
constexpr vrrp::IpAddress second(192, 0, 2, 2);
constexpr vrrp::IpAddress third(198, 51, 100, 3);

constexpr vrrp::IpAddress global({0x2001, 0xdb8, 0, 0, 0, 0, 0, 1});
constexpr vrrp::IpAddress link_local({0xfe80, 0, 0, 0, 0, 0, 0, 1});
constexpr vrrp::IpAddress other_link_local({0xfe80, 0, 0, 0, 0, 0, 0, 2});

LinkAddress ipv6(vrrp::IpAddress address) {
    return {.address = address, .prefix_length = 64};
}

}  // namespace

TEST_CASE("adverts are sent from the first address of the link", "[net]") {
    const Link link{.addresses = {primary(second), primary(first)}};

    const auto source = primary_address(link, vrrp::Family::ipv4, {});

    CHECK(source == second);
}

TEST_CASE("an address that an earlier run left behind is never the source", "[net]") {
    Link link{.addresses = {primary(second), primary(first)}};
    link.addresses[0].protocol = our_address_protocol;

    CHECK(primary_address(link, vrrp::Family::ipv4, {}) == first);
}

TEST_CASE("a virtual address is never the source, whatever its prefix length", "[net]") {
    const Link link{.addresses = {primary(first), primary(third)}};
    const std::vector<vrrp::VirtualAddress> virtual_addresses{{first, 32}};

    const auto source = primary_address(link, vrrp::Family::ipv4, virtual_addresses);

    CHECK(source == third);
}

TEST_CASE("a later primary address goes before an earlier secondary one", "[net]") {
    const Link link{.addresses = {primary(first), secondary(second), primary(third)}};
    const std::vector<vrrp::VirtualAddress> virtual_addresses{{first, 24}};

    const auto source = primary_address(link, vrrp::Family::ipv4, virtual_addresses);

    CHECK(source == third);
}

TEST_CASE("a secondary address is the source where the virtual one came first", "[net]") {
    const Link link{.addresses = {primary(first), secondary(second)}};
    const std::vector<vrrp::VirtualAddress> virtual_addresses{{first, 24}};

    const auto source = primary_address(link, vrrp::Family::ipv4, virtual_addresses);

    CHECK(source == second);
}

TEST_CASE("a link without addresses of its own has no source", "[net]") {
    const Link bare{.name = "eth0"};
    const Link only_virtual{.addresses = {primary(first)}};
    const std::vector<vrrp::VirtualAddress> virtual_addresses{{first, 24}};

    CHECK(primary_address(bare, vrrp::Family::ipv4, virtual_addresses) == std::nullopt);
    CHECK(primary_address(only_virtual, vrrp::Family::ipv4, virtual_addresses) == std::nullopt);
}

TEST_CASE("adverts over IPv6 are sent from the first link-local address", "[net]") {
    const Link link{
        .addresses = {primary(first), ipv6(global), ipv6(link_local), ipv6(other_link_local)}};

    CHECK(primary_address(link, vrrp::Family::ipv6, {}) == link_local);
    CHECK(primary_address(link, vrrp::Family::ipv4, {}) == first);
}

TEST_CASE("no virtual link-local address is the source, nor one that bears our mark", "[net]") {
    auto left_over = ipv6(link_local);
    left_over.protocol = our_address_protocol;
    const Link link{.addresses = {left_over, ipv6(other_link_local)}};
    const std::vector<vrrp::VirtualAddress> virtual_addresses{{other_link_local, 128}};

    CHECK(primary_address(link, vrrp::Family::ipv6, {}) == other_link_local);
    CHECK(primary_address(link, vrrp::Family::ipv6, virtual_addresses) == std::nullopt);
}

TEST_CASE("a link-local address that is not usable is no source", "[net]") {
    auto unusable = ipv6(link_local);
    unusable.is_tentative = GENERATE(true, false);
    unusable.is_duplicate = !unusable.is_tentative;

    CHECK(primary_address(Link{.addresses = {unusable, ipv6(other_link_local)}}, vrrp::Family::ipv6,
                          {}) == other_link_local);
    CHECK(primary_address(Link{.addresses = {unusable}}, vrrp::Family::ipv6, {}) == std::nullopt);
}

TEST_CASE("a link without addresses of a family has no source in it", "[net]") {
    CHECK(primary_address(Link{.addresses = {ipv6(global), ipv6(link_local)}}, vrrp::Family::ipv4,
                          {}) == std::nullopt);
    CHECK(primary_address(Link{.addresses = {primary(first), ipv6(global)}}, vrrp::Family::ipv6,
                          {}) == std::nullopt);
}

}  // namespace net::test
