#include "config/address_values.hpp"
#include "catch2.hpp"

#include <string_view>

namespace {

using vrrp::IpAddress;

bool is_address(std::string_view text) {
    return config::to_virtual_address(text).has_value();
}

bool is_host(std::string_view text) {
    return config::to_host_address("source", text).has_value();
}

}  // namespace

TEST_CASE("an address has a prefix length, or 32", "[config]") {
    const auto with = config::to_virtual_address("192.0.2.1/24");
    const auto without = config::to_virtual_address("192.0.2.1");

    REQUIRE(with);
    CHECK(*with == vrrp::VirtualAddress{vrrp::IpAddress(192, 0, 2, 1), 24});
    REQUIRE(without);
    CHECK(*without == vrrp::VirtualAddress{vrrp::IpAddress(192, 0, 2, 1), 32});
}

TEST_CASE("an address is one that a host can have", "[config]") {
    CHECK_FALSE(is_address("192.0.2.0/24"));
    CHECK_FALSE(is_address("192.0.2.255/24"));
    CHECK_FALSE(is_address("192.0.2.128/25"));
    CHECK_FALSE(is_address("0.0.0.0/0"));
    CHECK_FALSE(is_address("0.1.2.3/32"));
    CHECK_FALSE(is_address("127.0.0.1/8"));
    CHECK_FALSE(is_address("224.0.0.18/32"));
    CHECK_FALSE(is_address("255.255.255.255/32"));
    CHECK(is_address("192.0.2.0/31"));
    CHECK(is_address("192.0.2.255/31"));
    CHECK(is_address("192.0.2.255/32"));
    CHECK(is_address("223.255.255.254/1"));
}

TEST_CASE("what is no address is refused", "[config]") {
    for (const char* text :
         {"", "/", "/24", "192.0.2", "192.0.2.1/", "192.0.2.1/0", "192.0.2.1/33", "192.0.2.1/+1",
          "192.0.2.1/-1", "192.0.2.1/24x", "192.0.2.1/24/24", " 192.0.2.1", "192.0.2.1/ 24",
          "192.0.2.01/24", "256.0.0.1/24", "192.0.2.1/99999999999", "host"}) {
        INFO(text);
        CHECK_FALSE(is_address(text));
    }
}

TEST_CASE("an IPv6 address has a prefix length, or 128", "[config]") {
    const auto with = config::to_virtual_address("2001:DB8::1/64");
    const auto without = config::to_virtual_address("fe80::1");

    REQUIRE(with);
    CHECK(*with == vrrp::VirtualAddress{IpAddress({0x2001, 0xdb8, 0, 0, 0, 0, 0, 1}), 64});
    REQUIRE(without);
    CHECK(*without == vrrp::VirtualAddress{IpAddress({0xfe80, 0, 0, 0, 0, 0, 0, 1}), 128});
}

TEST_CASE("an IPv6 address is one that a host can have", "[config]") {
    CHECK_FALSE(is_address("::/128"));
    CHECK_FALSE(is_address("::1/128"));
    CHECK_FALSE(is_address("ff02::12/128"));
    CHECK_FALSE(is_address("::ffff:192.0.2.1/128"));
    CHECK_FALSE(is_address("2001:db8::/64"));
    CHECK_FALSE(is_address("2001:db8::8000:0/97"));
    CHECK_FALSE(is_address("2001:db8::4/126"));
    CHECK(is_address("2001:db8::/127"));
    CHECK(is_address("2001:db8::/128"));
    CHECK(is_address("2001:db8:0:1::/63"));
    CHECK(is_address("2001:db8::c000:0/97"));
    CHECK(is_address("::fffe:192.0.2.1/128"));
}

TEST_CASE("what is no IPv6 address is refused", "[config]") {
    for (const char* text : {"::1::", "2001:db8::1/", "2001:db8::1/0", "2001:db8::1/129", ":",
                             "2001:db8::1/64x", "fe80::1%eth0", "fe80::1%eth0/64", "%", "g::1"}) {
        INFO(text);
        CHECK_FALSE(is_address(text));
    }
}

TEST_CASE("a host's address has no prefix length", "[config]") {
    CHECK(is_host("192.0.2.1"));
    CHECK(is_host("2001:db8::"));
    for (const char* text : {"", "192.0.2.1/24", "2001:db8::1/64", "224.0.0.18", "ff02::12", "::",
                             "127.0.0.1", "0.0.0.0", "255.255.255.255", "fe80::1%eth0", "host"}) {
        INFO(text);
        CHECK_FALSE(is_host(text));
    }
}

TEST_CASE("a packet carries 255 IPv4 or 90 IPv6 addresses, 89 where it is signed", "[config]") {
    CHECK(config::max_addresses_of(vrrp::Family::ipv4, false) == 255);
    CHECK(config::max_addresses_of(vrrp::Family::ipv4, true) == 255);
    CHECK(config::max_addresses_of(vrrp::Family::ipv6, false) == 90);
    CHECK(config::max_addresses_of(vrrp::Family::ipv6, true) == 89);
}
