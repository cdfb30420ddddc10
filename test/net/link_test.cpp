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

}  // namespace

TEST_CASE("adverts are sent from the first address of the link", "[net]") {
    const Link link{.addresses = {primary(second), primary(first)}};

    const auto source = primary_address(link, {});

    CHECK(source == second);
}

TEST_CASE("a virtual address is never the source, whatever its prefix length", "[net]") {
    const Link link{.addresses = {primary(first), primary(third)}};
    const std::vector<vrrp::VirtualAddress> virtual_addresses{{first, 32}};

    const auto source = primary_address(link, virtual_addresses);

    CHECK(source == third);
}

TEST_CASE("a later primary address goes before an earlier secondary one", "[net]") {
    const Link link{.addresses = {primary(first), secondary(second), primary(third)}};
    const std::vector<vrrp::VirtualAddress> virtual_addresses{{first, 24}};

    const auto source = primary_address(link, virtual_addresses);

    CHECK(source == third);
}

TEST_CASE("a secondary address is the source where the virtual one came first", "[net]") {
    const Link link{.addresses = {primary(first), secondary(second)}};
    const std::vector<vrrp::VirtualAddress> virtual_addresses{{first, 24}};

    const auto source = primary_address(link, virtual_addresses);

    CHECK(source == second);
}

TEST_CASE("a link without addresses of its own has no source", "[net]") {
    const Link bare{.name = "eth0"};
    const Link only_virtual{.addresses = {primary(first)}};
    const std::vector<vrrp::VirtualAddress> virtual_addresses{{first, 24}};

    CHECK(primary_address(bare, virtual_addresses) == std::nullopt);
    CHECK(primary_address(only_virtual, virtual_addresses) == std::nullopt);
}

}  // namespace net::test
