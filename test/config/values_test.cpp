#include "config/values.hpp"
#include "catch2.hpp"

#include <chrono>
#include <string>

using namespace std::chrono_literals;

namespace {

bool is_interface(std::string_view text) {
    return config::to_interface(text).has_value();
}

}  // namespace

TEST_CASE("a duration has a unit and at most three decimals", "[config]") {
    CHECK(config::to_duration("interval", "1s") == vrrp::Duration(1s));
    CHECK(config::to_duration("interval", "100ms") == vrrp::Duration(100ms));
    CHECK(config::to_duration("interval", "1.5s") == vrrp::Duration(1500ms));
    CHECK(config::to_duration("interval", "0.001ms") == vrrp::Duration(1us));
    CHECK(config::to_duration("interval", "2m") == vrrp::Duration(2min));
    CHECK(config::to_duration("interval", "999999h") == vrrp::Duration(999'999h));
    for (const char* text : {"", "1", "s", "1 s", "1S", "-1s", "+1s", "1e3s", ".5s", "1.s",
                             "1.0005s", "1.2.3s", "9999999s", "1d", "1sec", "ms"}) {
        INFO(text);
        CHECK_FALSE(config::to_duration("interval", text));
    }
}

TEST_CASE("the interval of version 2 is whole seconds from 1 to 255", "[config]") {
    CHECK(config::to_interval("interval", 1s, vrrp::Version::v2) == vrrp::Centiseconds(100));
    CHECK(config::to_interval("interval", 255s, vrrp::Version::v2) == vrrp::Centiseconds(25'500));
    CHECK_FALSE(config::to_interval("interval", 0s, vrrp::Version::v2));
    CHECK_FALSE(config::to_interval("interval", 256s, vrrp::Version::v2));
    CHECK_FALSE(config::to_interval("interval", 1500ms, vrrp::Version::v2));
    CHECK_FALSE(config::to_interval("interval", 999'999h, vrrp::Version::v2));
}

TEST_CASE("the interval of version 3 is 10 ms to 40.95 s in steps of 10 ms", "[config]") {
    constexpr auto v3 = vrrp::Version::v3;

    CHECK(config::to_interval("interval", 10ms, v3) == vrrp::Centiseconds(1));
    CHECK(config::to_interval("interval", 40'950ms, v3) == vrrp::Centiseconds(4095));
    CHECK_FALSE(config::to_interval("interval", 0s, v3));
    CHECK_FALSE(config::to_interval("interval", 9ms, v3));
    CHECK_FALSE(config::to_interval("interval", 15ms, v3));
    CHECK_FALSE(config::to_interval("interval", 40'960ms, v3));
    CHECK_FALSE(config::to_interval("interval", 999'999h, v3));
}

TEST_CASE("an interface has a name that the kernel accepts", "[config]") {
    CHECK(is_interface("eth0"));
    CHECK(is_interface("bond0.100"));
    CHECK(is_interface("fifteen-letters"));
    CHECK(is_interface("网卡"));
    for (const char* text :
         {"", ".", "..", "eth0/1", "eth0:1", "eth 0", "eth0\n", "sixteen-letters-"}) {
        INFO(text);
        CHECK_FALSE(is_interface(text));
    }
}

TEST_CASE("a name is made of letters, digits, underscore, point and hyphen", "[config]") {
    CHECK(config::to_name("name", "k8s-api_1.x"));
    CHECK(config::to_name("name", std::string(64, 'a')));
    CHECK_FALSE(config::to_name("name", std::string(65, 'a')));
    CHECK_FALSE(config::to_name("name", ""));
    CHECK_FALSE(config::to_name("name", "a b"));
    CHECK_FALSE(config::to_name("name", "a/b"));
    CHECK_FALSE(config::to_name("name", "ä"));
}

TEST_CASE("a password is the first eight bytes, padded with zeros", "[config]") {
    const auto short_one = config::to_password("password", "1111");
    const auto long_one = config::to_password("password", "123456789");

    REQUIRE(short_one);
    CHECK((*short_one)[3] == std::byte{'1'});
    CHECK((*short_one)[4] == std::byte{0});
    REQUIRE(long_one);
    CHECK((*long_one)[7] == std::byte{'8'});
    CHECK_FALSE(config::to_password("password", ""));
    CHECK_FALSE(config::to_password("password", std::string_view("a\0b", 3)));
}

TEST_CASE("a complaint about a password does not tell it", "[config]") {
    const auto refused = config::to_password("password", std::string_view("se\0cret", 7));

    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "password contains a zero byte");
}
