#include "reading.hpp"

#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using vrrp::IpAddress;

namespace {

/// An instance of this name and router id, with an address and more lines.
std::string instance(const std::string& lines, const std::string& name = "VI_1", int id = 51) {
    return "vrrp_instance " + name + " {\ninterface eth0\nvirtual_router_id " + std::to_string(id) +
           "\nvirtual_ipaddress { 192.0.2." + std::to_string(id) + "/24 }\n" + lines + "\n}\n";
}

std::string globals(const std::string& lines) {
    return "global_defs {\n" + lines + "\n}\n";
}

/// The only router of a text.
config::Router router(const std::string& text) {
    const config::Config config = read("a.conf", text);
    REQUIRE(config.routers.size() == 1);
    return config.routers[0];
}

const std::string password = "authentication {\nauth_type PASS\nauth_pass 1111\n}\n";

}  // namespace

TEST_CASE("global_defs count for all instances, wherever they stand", "[config]") {
    for (const bool is_above : {true, false}) {
        const std::string defs = globals(
            "vrrp_version 3\nvrrp_startup_delay 1.5\nvrrp_down_timer_adverts 4\n"
            "v3_checksum_as_v2");
        const std::string block = instance("advert_int 0.1");
        const config::Router found = router(is_above ? defs + block : block + defs);

        CHECK(found.protocol.version == vrrp::Version::v3);
        CHECK(found.protocol.interval == 100ms);
        CHECK(found.protocol.down_adverts == 4);
        CHECK(found.protocol.checksum_form == vrrp::ChecksumForm::message);
        CHECK(found.start_delay == 1500ms);
    }
}

TEST_CASE("what an instance says counts more than global_defs", "[config]") {
    const config::Router found = router(
        globals("vrrp_version 3\nvrrp_strict\nvrrp_down_timer_adverts 4\nv3_checksum_as_v2") +
        instance("version 2\nstrict_mode off\ndown_timer_adverts 5\nv3_checksum_as_v2 no"));

    CHECK(found.protocol.version == vrrp::Version::v2);
    CHECK_FALSE(found.protocol.strict);
    CHECK(found.protocol.down_adverts == 5);
    CHECK(found.protocol.checksum_form == vrrp::ChecksumForm::pseudo_header);
}

TEST_CASE("an instance with IPv6 addresses speaks version 3, whatever global_defs say",
          "[config]") {
    const std::string text =
        "vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 1\n"
        "virtual_ipaddress { fe80::60/64 }\n}\n";

    CHECK(router(globals("vrrp_version 2") + text).protocol.version == vrrp::Version::v3);
}

TEST_CASE("a password has no effect with version 3 or in strict mode", "[config]") {
    CHECK(router(instance(password)).protocol.password);
    CHECK_FALSE(router(instance("version 3\n" + password)).protocol.password);
    CHECK_FALSE(router(instance("strict_mode\n" + password)).protocol.password);
    CHECK(messages("a.conf", instance("version 3\n" + password)) ==
          "a.conf:6:1: warning: authentication has no effect with version 3, here as in "
          "keepalived\n");
}

TEST_CASE("AH takes the password as the key of a header", "[config]") {
    const vrrp::RouterConfig protocol =
        router(instance("authentication {\nauth_type AH\nauth_pass 1111\n}")).protocol;

    CHECK(protocol.auth_type() == vrrp::AuthType::authentication_header);
}

TEST_CASE("a router takes traffic unless it is told not to, or is strict", "[config]") {
    const auto accepts = [](const std::string& lines) {
        return router(instance(lines)).accepts_traffic;
    };

    CHECK(accepts(""));
    CHECK(accepts("accept"));
    CHECK_FALSE(accepts("no_accept"));
    CHECK_FALSE(accepts("strict_mode"));
    CHECK_FALSE(accepts("strict_mode\naccept"));
    CHECK(accepts("strict_mode\nversion 3\naccept"));
    CHECK_FALSE(accepts("strict_mode\nversion 3"));
    CHECK(accepts("strict_mode\npriority 255"));
}

TEST_CASE("a delay before preemption counts in state BACKUP alone", "[config]") {
    const auto delay = [](const std::string& lines) {
        return router(instance("preempt_delay 2.5\n" + lines)).protocol.preempt_delay;
    };

    CHECK(delay("") == 2500ms);
    CHECK(delay("state BACKUP") == 2500ms);
    CHECK(delay("state MASTER\npriority 100") == 0s);
    CHECK(delay("strict_mode") == 0s);
}

TEST_CASE("unicast peers have limits of their TTL", "[config]") {
    const config::Router found =
        router(instance("unicast_src_ip 192.0.2.1\nunicast_ttl 9\n"
                        "unicast_peer {\n192.0.2.2\n192.0.2.3 max_ttl 8 min_ttl 7\n}"));

    CHECK(found.protocol.peers == std::vector<vrrp::UnicastPeer>{{IpAddress(192, 0, 2, 2), 0, 255},
                                                                 {IpAddress(192, 0, 2, 3), 7, 8}});
    CHECK(found.source == IpAddress(192, 0, 2, 1));
    CHECK(found.ttl == 9);
    CHECK_FALSE(found.protocol.hears_strangers);
}

TEST_CASE("the members of a sync group share their fate, and the first breaks ties", "[config]") {
    const std::string group = "vrrp_sync_group G {\ngroup {\nVI_2\nVI_1\n}\n}\n";
    const std::string instances =
        instance("", "VI_1", 1) + instance("", "VI_2", 2) + instance("", "VI_3", 3);

    for (const std::string& text : {group + instances, instances + group}) {
        const config::Config config = read("a.conf", text);

        REQUIRE(config.routers.size() == 3);
        CHECK(config.routers[0].group == "G");
        CHECK(config.routers[0].protocol.is_grouped);
        CHECK_FALSE(config.routers[0].protocol.breaks_ties);
        CHECK(config.routers[1].group == "G");
        CHECK(config.routers[1].protocol.breaks_ties);
        CHECK(config.routers[2].group.empty());
        CHECK_FALSE(config.routers[2].protocol.is_grouped);
    }
}

TEST_CASE("auth_hmac has a window by the interval where it says none", "[config]") {
    const std::string key = "auth_hmac {\nkey 7 0123456789abcdefghijklmnopqrstuv\n";
    const auto trailer = [&key](const std::string& lines) {
        const config::Router found = router(instance("advert_int 4\n" + key + lines + "}"));
        REQUIRE(found.trailer);
        return *found.trailer;
    };

    CHECK(trailer("").active == 7);
    CHECK(trailer("").mode == auth::Mode::enforce);
    CHECK(trailer("").window == 12s);
    CHECK(trailer("time_window 5\n").window == 5s);
    CHECK(trailer("mode permissive\n").mode == auth::Mode::permissive);
    CHECK(trailer("anti_replay monotonic\n").replay == auth::Replay::monotonic);
}

TEST_CASE("excluded addresses move with the instance, of whatever family", "[config]") {
    const config::Router found =
        router(instance("virtual_ipaddress_excluded {\n192.0.2.7\n2001:db8::7/64\n}"));

    REQUIRE(found.addresses.size() == 3);
    CHECK(found.addresses[1].address == IpAddress(192, 0, 2, 7));
    CHECK(found.addresses[2].address == IpAddress({0x2001, 0xdb8, 0, 0, 0, 0, 0, 7}));
    CHECK(found.protocol.addresses == std::vector{IpAddress(192, 0, 2, 51)});
    CHECK(found.protocol.version == vrrp::Version::v2);
}

TEST_CASE("an instance has at most 4096 excluded addresses, in all its blocks", "[config]") {
    std::string list = "virtual_ipaddress_excluded {\n";
    for (int number = 0; number < 4096; ++number) {
        list += "10." + std::to_string(number / 256) + "." + std::to_string(number % 256) + ".1\n";
    }
    list += "}\n";

    CHECK(router(instance(list)).addresses.size() == 4097);
    CHECK(messages("a.conf", instance(list + "virtual_ipaddress_excluded { 10.16.0.1 }")) ==
          "a.conf:4103:1: warning: virtual_ipaddress_excluded stands twice in vrrp_instance; both "
          "count\n"
          "a.conf:4103:30: error: virtual_ipaddress_excluded has 4097 addresses, expected at most "
          "4096\n");
}

TEST_CASE("more than 255 addresses are to be excluded from the adverts", "[config]") {
    std::string text = "vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\n";
    text += "virtual_ipaddress {\n";
    for (int number = 0; number < 256; ++number) {
        text += "10.0." + std::to_string(number) + ".1\n";
    }
    const config::Loaded loaded = config::load_text("a.conf", text + "}\n}\n", "lb-master");

    REQUIRE(loaded.diagnostics.size() == 1);
    CHECK(loaded.diagnostics[0].place.line == 260);
    CHECK(loaded.diagnostics[0].advice == "put the others into virtual_ipaddress_excluded");
}
