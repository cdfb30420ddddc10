#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catch2.hpp"
#include "net/link_table.hpp"

namespace net::test {

namespace {

LinkSeen seen(int index, std::string name, bool is_up = true) {
    return {.index = index, .is_up = is_up, .name = std::move(name)};
}

LinkAddress address(std::uint8_t subnet, std::uint8_t host) {
    const vrrp::IpAddress ip(10, 0, subnet, host);
    return {.address = ip, .prefix_length = 24, .other_end = ip};
}

LinkAddress secondary(std::uint8_t subnet, std::uint8_t host) {
    auto result = address(subnet, host);
    result.is_secondary = true;
    return result;
}

/// 2001:db8::host, of the whole world.
LinkAddress global(std::uint16_t host) {
    const vrrp::IpAddress ip({0x2001, 0xdb8, 0, 0, 0, 0, 0, host});
    return {.address = ip, .prefix_length = 64, .other_end = ip};
}

/// fe80::host
LinkAddress link_local(std::uint16_t host) {
    const vrrp::IpAddress ip({0xfe80, 0, 0, 0, 0, 0, 0, host});
    return {.address = ip, .prefix_length = 64, .scope = 253, .other_end = ip};
}

LinkTable table_with_link() {
    const std::vector<LinkMessage> dump{seen(3, "eth0")};
    return LinkTable::from_dump(dump);
}

std::vector<LinkAddress> addresses(const LinkTable& table) {
    const auto* const link = table.find("eth0");
    return link ? link->addresses : std::vector<LinkAddress>{};
}

}  // namespace

TEST_CASE("a dump keeps the kernel's order of addresses", "[net]") {
    const std::vector<LinkMessage> dump{
        seen(1, "lo"), seen(3, "eth0"), AddressSeen{3, secondary(0, 2)},
        AddressSeen{3, address(0, 1)}, AddressSeen{9, address(0, 3)}};

    const auto table = LinkTable::from_dump(dump);

    CHECK(table.links().size() == 2);
    CHECK(addresses(table) == std::vector{secondary(0, 2), address(0, 1)});
}

TEST_CASE("a link is told as changed once, when it changes", "[net]") {
    auto table = table_with_link();

    CHECK(table.apply(seen(3, "eth0")) == TableChange::none);
    CHECK(table.apply(seen(3, "eth0", false)) == TableChange::changed);
    CHECK(table.apply(seen(3, "eth0", false)) == TableChange::none);

    CHECK_FALSE(table.find("eth0")->is_up);
}

TEST_CASE("a link keeps what a message leaves out", "[net]") {
    auto table = table_with_link();
    table.apply(LinkSeen{.index = 3, .is_up = true, .mac = {{2, 0, 0, 0, 0, 1}}, .mtu = 9000});

    const auto change = table.apply(LinkSeen{.index = 3, .is_up = false});

    CHECK(change == TableChange::changed);
    REQUIRE(table.find("eth0"));
    CHECK(table.find("eth0")->mac == MacAddress{2, 0, 0, 0, 0, 1});
    CHECK(table.find("eth0")->mtu == 9000);
}

TEST_CASE("a renamed link is found under its new name only", "[net]") {
    auto table = table_with_link();
    table.apply(AddressSeen{3, address(0, 1)});

    const auto change = table.apply(seen(3, "lan"));

    CHECK(change == TableChange::changed);
    CHECK_FALSE(table.find("eth0"));
    REQUIRE(table.find("lan"));
    CHECK(table.find("lan")->addresses == std::vector{address(0, 1)});
}

TEST_CASE("a link that is created again has another index and no addresses", "[net]") {
    auto table = table_with_link();
    table.apply(AddressSeen{3, address(0, 1)});

    CHECK(table.apply(LinkGone{3}) == TableChange::changed);
    CHECK_FALSE(table.find("eth0"));
    CHECK(table.apply(seen(8, "eth0")) == TableChange::changed);

    REQUIRE(table.find("eth0"));
    CHECK(table.find("eth0")->index == 8);
    CHECK(table.find("eth0")->addresses.empty());
}

TEST_CASE("the latest link to claim a name has it", "[net]") {
    auto table = table_with_link();

    table.apply(seen(4, "eth0"));
    table.apply(seen(3, "eth1"));

    REQUIRE(table.find("eth0"));
    CHECK(table.find("eth0")->index == 4);
    CHECK(table.find("eth1")->index == 3);
}

TEST_CASE("deleting a link leaves the others as they are", "[net]") {
    const std::vector<LinkMessage> dump{seen(1, "lo"), seen(3, "eth0"), seen(4, "eth1"),
                                        AddressSeen{4, address(1, 1)}};
    auto table = LinkTable::from_dump(dump);

    table.apply(LinkGone{1});
    table.apply(LinkGone{3});
    table.apply(AddressSeen{4, address(2, 1)});

    REQUIRE(table.links().size() == 1);
    CHECK(table.find("eth1") == &table.links().front());
    CHECK(table.find("eth1")->addresses == std::vector{address(1, 1), address(2, 1)});
}

TEST_CASE("links are found among ten thousand while half of them are deleted", "[net]") {
    std::vector<LinkMessage> dump;
    for (int index = 1; index <= 10'000; ++index) {
        dump.emplace_back(seen(index, "link" + std::to_string(index)));
    }
    auto table = LinkTable::from_dump(dump);

    for (int index = 1; index <= 10'000; index += 2) {
        table.apply(LinkGone{index});
    }

    CHECK(table.links().size() == 5'000);
    for (const Link& link : table.links()) {
        REQUIRE(table.find(link.name) == &link);
        REQUIRE(link.index % 2 == 0);
    }
}

TEST_CASE("what is told of an unknown link changes nothing", "[net]") {
    auto table = table_with_link();

    CHECK(table.apply(LinkGone{9}) == TableChange::none);
    CHECK(table.apply(AddressSeen{9, address(0, 1)}) == TableChange::none);
    CHECK(table.apply(AddressGone{9, address(0, 1)}) == TableChange::none);
}

TEST_CASE("a new primary address stands before the secondary ones", "[net]") {
    auto table = table_with_link();

    table.apply(AddressSeen{3, address(0, 1)});
    table.apply(AddressSeen{3, secondary(0, 2)});
    table.apply(AddressSeen{3, address(1, 1)});
    table.apply(AddressSeen{3, secondary(1, 2)});

    CHECK(addresses(table) ==
          std::vector{address(0, 1), address(1, 1), secondary(0, 2), secondary(1, 2)});
}

TEST_CASE("a new address of narrower scope stands before wider ones", "[net]") {
    auto table = table_with_link();
    auto narrow = address(1, 1);
    narrow.scope = 253;

    table.apply(AddressSeen{3, address(0, 1)});
    table.apply(AddressSeen{3, narrow});

    CHECK(addresses(table) == std::vector{narrow, address(0, 1)});
}

TEST_CASE("an address that is refreshed or removed twice changes nothing", "[net]") {
    auto table = table_with_link();
    table.apply(AddressSeen{3, address(0, 1)});

    CHECK(table.apply(AddressSeen{3, address(0, 1)}) == TableChange::none);
    CHECK(table.apply(AddressGone{3, address(0, 1)}) == TableChange::changed);
    CHECK(table.apply(AddressGone{3, address(0, 1)}) == TableChange::none);

    CHECK(addresses(table).empty());
}

TEST_CASE("addresses that differ in prefix length or other end are different", "[net]") {
    auto table = table_with_link();
    auto other_prefix = address(0, 1);
    other_prefix.prefix_length = 32;
    auto point_to_point = address(0, 1);
    point_to_point.other_end = {10, 0, 9, 9};

    table.apply(AddressSeen{3, address(0, 1)});
    table.apply(AddressSeen{3, other_prefix});
    table.apply(AddressSeen{3, point_to_point});
    table.apply(AddressGone{3, other_prefix});

    CHECK(addresses(table) == std::vector{address(0, 1), point_to_point});
}

TEST_CASE("a promoted secondary address calls for a fresh dump", "[net]") {
    auto table = table_with_link();
    table.apply(AddressSeen{3, address(0, 1)});
    table.apply(AddressSeen{3, secondary(0, 2)});
    table.apply(AddressGone{3, address(0, 1)});

    const auto change = table.apply(AddressSeen{3, address(0, 2)});

    CHECK(change == TableChange::order_lost);
}

TEST_CASE("an IPv4 address that only changes stays where it is", "[net]") {
    auto table = table_with_link();
    table.apply(AddressSeen{3, address(0, 1)});
    table.apply(AddressSeen{3, address(1, 1)});
    auto deprecated = address(0, 1);
    deprecated.is_deprecated = true;

    CHECK(table.apply(AddressSeen{3, deprecated}) == TableChange::changed);

    CHECK(addresses(table) == std::vector{deprecated, address(1, 1)});
}

TEST_CASE("a new IPv6 address stands before older ones of its scope", "[net]") {
    auto table = table_with_link();

    table.apply(AddressSeen{3, link_local(1)});
    table.apply(AddressSeen{3, global(1)});
    table.apply(AddressSeen{3, link_local(2)});
    table.apply(AddressSeen{3, global(2)});

    CHECK(addresses(table) == std::vector{global(2), global(1), link_local(2), link_local(1)});
}

TEST_CASE("IPv4 addresses stand before IPv6 ones, each in their own order", "[net]") {
    auto table = table_with_link();

    table.apply(AddressSeen{3, link_local(1)});
    table.apply(AddressSeen{3, secondary(0, 2)});
    table.apply(AddressSeen{3, address(0, 1)});
    table.apply(AddressSeen{3, global(1)});
    table.apply(AddressSeen{3, secondary(0, 3)});
    table.apply(AddressSeen{3, address(1, 1)});

    CHECK(addresses(table) == std::vector{address(0, 1), address(1, 1), secondary(0, 2),
                                          secondary(0, 3), global(1), link_local(1)});
}

TEST_CASE("an IPv6 address is itself, whatever changes about it", "[net]") {
    auto table = table_with_link();
    auto tentative = link_local(1);
    tentative.is_tentative = true;
    table.apply(AddressSeen{3, tentative});
    table.apply(AddressSeen{3, link_local(2)});

    CHECK(table.apply(AddressSeen{3, link_local(1)}) == TableChange::changed);
    CHECK(addresses(table) == std::vector{link_local(2), link_local(1)});
    CHECK(table.apply(AddressSeen{3, link_local(1)}) == TableChange::none);

    auto with_other_end = link_local(1);
    with_other_end.other_end = link_local(9).address;
    CHECK(table.apply(AddressSeen{3, with_other_end}) == TableChange::changed);
    CHECK(addresses(table) == std::vector{link_local(2), with_other_end});
    CHECK(table.apply(AddressGone{3, link_local(1)}) == TableChange::changed);
    CHECK(addresses(table) == std::vector{link_local(2)});
}

TEST_CASE("tables of the same links are the same in any order", "[net]") {
    const std::vector<LinkMessage> dump{seen(1, "lo"), seen(3, "eth0")};
    const std::vector<LinkMessage> reversed{seen(3, "eth0"), seen(1, "lo")};
    const auto table = LinkTable::from_dump(dump);
    auto other = LinkTable::from_dump(reversed);

    CHECK(table.is_same(other));
    other.apply(seen(1, "lo", false));

    CHECK_FALSE(table.is_same(other));
    CHECK_FALSE(table.is_same(LinkTable{}));
}

}  // namespace net::test
