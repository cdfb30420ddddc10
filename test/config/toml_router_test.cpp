#include "reading.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using vrrp::IpAddress;

namespace {

/// A router with these addresses and one more line.
std::string with(const std::string& addresses, const std::string& line = "") {
    return "[router.a]\ninterface = \"eth0\"\nvrid = 1\naddresses = [" + addresses + "]\n" + line +
           '\n';
}

const std::string old_one = "\"192.0.2.60/24\"";
const std::string new_one = "\"fe80::60/64\"";
const std::string both = new_one + ", " + old_one;

/// The only router of a text.
config::Router router(const std::string& text, std::string_view host = "lb-master") {
    const config::Config config = read("a.toml", text, host);
    REQUIRE(config.routers.size() == 1);
    return config.routers[0];
}

std::string numbered(const std::string& form, int count) {
    std::string result;
    for (int number = 1; number <= count; ++number) {
        result += fmt::format(fmt::runtime(form), number);
    }
    return result;
}

}  // namespace

TEST_CASE("version 2 is spoken for IPv4, version 3 for IPv6, unless the file says 3", "[config]") {
    CHECK(router(with(old_one)).protocol.version == vrrp::Version::v2);
    CHECK(router(with(old_one, "version = 2")).protocol.version == vrrp::Version::v2);
    CHECK(router(with(old_one, "version = 3")).protocol.version == vrrp::Version::v3);
    CHECK(router(with(new_one)).protocol.version == vrrp::Version::v3);
    CHECK(messages("a.toml", with(both, "version = 2")) ==
          "a.toml:5:11: error: version 2 of VRRP has no IPv6 addresses, and addresses has one\n");
}

TEST_CASE("a router with both families is two routers of one group, IPv4 first", "[config]") {
    const config::Config config =
        read("a.toml", with(both, "interval = \"100ms\"\nchecks = [\"x\"]") +
                           "[check.x]\nprocess = \"x\"\n[router.b]\ninterface = \"eth0\"\n"
                           "vrid = 2\naddresses = [\"192.0.2.61\"]\n");

    REQUIRE(config.routers.size() == 3);
    const config::Router& first = config.routers[0];
    const config::Router& second = config.routers[1];
    CHECK(first.name == "a");
    CHECK(second.name == "a");
    CHECK(first.protocol.addresses == std::vector{IpAddress(192, 0, 2, 60)});
    CHECK(second.protocol.addresses == std::vector{IpAddress({0xfe80, 0, 0, 0, 0, 0, 0, 0x60})});
    for (const config::Router& part : {first, second}) {
        CHECK(part.group == "a");
        CHECK(part.protocol.is_grouped);
        CHECK(part.protocol.version == vrrp::Version::v3);
        CHECK(part.protocol.interval == 100ms);
        CHECK(part.checks == std::vector{health::CheckUse{"x"}});
        CHECK(part.addresses.size() == 1);
    }
    CHECK(first.protocol.breaks_ties);
    CHECK_FALSE(second.protocol.breaks_ties);
    CHECK(config.routers[2].group.empty());
    CHECK_FALSE(config.routers[2].protocol.is_grouped);
}

TEST_CASE("a router has at most the addresses that one packet carries", "[config]") {
    const std::string most =
        numbered("\"fe80::{}\", ", 90) + numbered("\"10.0.0.{}\", ", 254) + "\"10.0.1.1\"";

    CHECK(read("a.toml", with(most)).routers.size() == 2);
    CHECK(
        messages("a.toml", with(numbered("\"fe80::{}\", ", 91))) ==
        "a.toml:4:1085: error: addresses has more than 90 IPv6 addresses, the most that one advert "
        "carries\n");
    CHECK(messages("a.toml",
                   with(numbered("\"10.0.0.{}\", ", 254) + numbered("\"10.0.1.{}\", ", 254))) ==
          "a.toml:4:13: error: addresses has 508 entries, expected at most 255 of IPv4 and 90 of "
          "IPv6\n");
}

TEST_CASE("more addresses than adverts carry are moved all the same", "[config]") {
    const std::string rest = "unadvertised_addresses = [" + numbered("\"10.1.{0}.1\", ", 200) +
                             numbered("\"10.2.{0}.1\", ", 200) + "]";

    const config::Router found = router(with(old_one, rest));

    CHECK(found.addresses.size() == 401);
    CHECK(found.addresses.front().address == IpAddress(192, 0, 2, 60));
    CHECK(found.addresses.back().address == IpAddress(10, 2, 200, 1));
    CHECK(found.protocol.addresses == std::vector{IpAddress(192, 0, 2, 60)});
}

TEST_CASE("unadvertised addresses go to the router of their family, or to the only one",
          "[config]") {
    const std::string rest = "unadvertised_addresses = [\"2001:db8::7/64\", \"192.0.2.7/24\"]";
    const IpAddress rest_ipv4(192, 0, 2, 7);
    const IpAddress rest_ipv6({0x2001, 0xdb8, 0, 0, 0, 0, 0, 7});
    const config::Router alone = router(with(old_one, rest));
    const config::Config parts = read("a.toml", with(both, rest));

    REQUIRE(alone.addresses.size() == 3);
    CHECK(alone.addresses[1].address == rest_ipv6);
    CHECK(alone.addresses[2].address == rest_ipv4);
    CHECK(alone.protocol.version == vrrp::Version::v2);
    REQUIRE(parts.routers.size() == 2);
    for (const config::Router& part : parts.routers) {
        const bool is_ipv4 = part.protocol.family() == vrrp::Family::ipv4;
        REQUIRE(part.addresses.size() == 2);
        CHECK(part.addresses[1].address == (is_ipv4 ? rest_ipv4 : rest_ipv6));
        CHECK(part.protocol.addresses.size() == 1);
    }
}

TEST_CASE("a router moves at most 4096 addresses that are not advertised", "[config]") {
    std::string list;
    for (int number = 0; number < 4096; ++number) {
        list += fmt::format("\"10.{}.{}.1\",\n", number / 256, number % 256);
    }
    const auto rest = [&list](const std::string& more) {
        return with(old_one, "unadvertised_addresses = [\n" + list + more + "]");
    };

    CHECK(router(rest("")).addresses.size() == 4097);
    CHECK(messages("a.toml", rest("\"10.16.0.1\"")) ==
          "a.toml:5:26: error: unadvertised_addresses has 4097 entries, expected at most 4096\n");
}

TEST_CASE("peers and sources go to the router of their family", "[config]") {
    const config::Config config =
        read("a.toml", with(both,
                            "unicast = [\"fe80::1\", { address = \"192.0.2.2\", min_ttl = 254, "
                            "max_ttl = { lb-master = 254, lb-backup = 255 } }, \"192.0.2.1\"]\n"
                            "source = [\"fe80::2\", \"192.0.2.2\"]\nunicast_ttl = 9\n"
                            "unicast_strangers = true"));

    REQUIRE(config.routers.size() == 2);
    const config::Router& first = config.routers[0];
    const config::Router& second = config.routers[1];
    CHECK(first.protocol.peers ==
          std::vector<vrrp::UnicastPeer>{{IpAddress(192, 0, 2, 2), 254, 254},
                                         {IpAddress(192, 0, 2, 1), 0, 255}});
    CHECK(second.protocol.peers ==
          std::vector<vrrp::UnicastPeer>{{IpAddress({0xfe80, 0, 0, 0, 0, 0, 0, 1}), 0, 255}});
    CHECK(first.source == IpAddress(192, 0, 2, 2));
    CHECK(second.source == IpAddress({0xfe80, 0, 0, 0, 0, 0, 0, 2}));
    for (const config::Router& part : {first, second}) {
        CHECK(part.ttl == 9);
        CHECK(part.protocol.hears_strangers);
    }
}

TEST_CASE("a router without more keys speaks by multicast, and refuses strangers", "[config]") {
    const config::Router plain = router(with(old_one));

    CHECK_FALSE(plain.protocol.is_unicast());
    CHECK_FALSE(plain.protocol.hears_strangers);
    CHECK(plain.ttl == 255);
    CHECK_FALSE(plain.source);
    CHECK(plain.accepts_traffic);
    CHECK(plain.start_delay == 0s);
    CHECK(plain.protocol.down_adverts == 3);
    CHECK(plain.protocol.preempt_delay == 0s);
    CHECK_FALSE(plain.trailer);
}

TEST_CASE("the rival is the best of the other hosts", "[config]") {
    const auto rival = [](const std::string& priority, std::string_view host) {
        return int{router(with(old_one, "priority = " + priority), host).protocol.rival_priority};
    };
    const std::string three = "{ a = 100, b = 90, c = 80 }";

    CHECK(rival("7", "a") == 0);
    CHECK(rival("{ a = 7 }", "a") == 0);
    CHECK(rival(three, "a") == 90);
    CHECK(rival(three, "b") == 100);
    CHECK(rival(three, "c.example.com") == 100);
    CHECK(rival("{ a = 100, \"a.example.com\" = 90, b = 80 }", "a.example.com") == 80);
}

TEST_CASE("hosts of one priority are told", "[config]") {
    CHECK(messages("a.toml", with(old_one, "priority = { a = 9, b = 8, c = 9 }"), "b") ==
          "a.toml:5:32: warning: c has priority 9, which a has too\n");
    CHECK(messages("a.toml", with(old_one, "priority = { a = 9, \"a.b\" = 9 }"), "a.b").empty());
}

TEST_CASE("an authentication header needs version 2 and a password", "[config]") {
    const std::string password = "password = \"1111\"\n";

    CHECK(router(with(old_one, password + "authentication = \"ah\"")).protocol.auth_type() ==
          vrrp::AuthType::authentication_header);
    CHECK(router(with(old_one, password + "authentication = \"password\"")).protocol.auth_type() ==
          vrrp::AuthType::simple_password);
    CHECK(messages("a.toml", with(old_one, "authentication = \"ah\"")) ==
          "a.toml:5:18: error: authentication needs a password\n");
    CHECK(messages("a.toml", with(old_one, "version = 3\n" + password)) ==
          "a.toml:6:12: error: password is there, and version 3 of VRRP has none\n");
}

TEST_CASE("the first IPv6 address is to be link-local where routers speak by multicast",
          "[config]") {
    const std::string global = "\"2001:db8::1/64\", \"fe80::1/64\"";
    const std::string said =
        ": the first IPv6 address, 2001:db8::1, is not link-local (fe80::/10)\n";

    CHECK(messages("a.toml", with(global)) == "a.toml:4:14: warning" + said);
    CHECK(messages("a.toml", with(global, "strict = true")) == "a.toml:4:14: error" + said);
    CHECK(messages("a.toml", with(global, "unicast = [\"2001:db8::2\"]")).empty());
    CHECK(messages("a.toml", with("\"fe80::1/64\", \"2001:db8::1/64\"", "strict = true")).empty());
}

TEST_CASE("one id may be that of an IPv4 and an IPv6 router of an interface", "[config]") {
    const std::string other = "[router.b]\ninterface = \"eth0\"\nvrid = 1\naddresses = [";

    CHECK(read("a.toml", with(old_one) + other + new_one + "]\n").routers.size() == 2);
    CHECK(messages("a.toml", with(both) + other + "\"fe80::1\"]\n") ==
          "a.toml:8:8: error: router b has virtual router id 1 on eth0, which is that of router a "
          "(line 3)\n");
}
