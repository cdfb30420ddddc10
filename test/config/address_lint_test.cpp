#include "config/address_lint.hpp"

#include <string>

#include "catch2.hpp"
#include "config/load.hpp"

namespace {

using vrrp::IpAddress;

const IpAddress any;

/// eth0 is in 192.0.2.0/24 and 2001:db8::/64, eth1 in 198.51.100.0/24.
config::HostView host() {
    return {.links = {{"eth0",
                       {{IpAddress(192, 0, 2, 7), 24},
                        {*IpAddress::from_text("fe80::7"), 64},
                        {*IpAddress::from_text("2001:db8::7"), 64}}},
                      {"eth1", {{IpAddress(198, 51, 100, 7), 24}}},
                      {"eth2", {}}},
            .listeners = {}};
}

std::string router(const std::string& name, const std::string& interface, int vrid,
                   const std::string& rest) {
    return "[router." + name + "]\ninterface = \"" + interface +
           "\"\nvrid = " + std::to_string(vrid) + "\n" + rest + "\n";
}

/// All that is said of the addresses of a file, a line each.
std::string lint(const std::string& text, const config::HostView& view = host()) {
    const config::Loaded loaded = config::load_text("a.toml", text, "lb-master");
    REQUIRE(loaded.config);
    std::string result;
    for (const config::Diagnostic& diagnostic :
         config::lint_addresses(*loaded.config, "a.toml", view)) {
        result += config::to_text(diagnostic) + "\n";
    }
    return result;
}

}  // namespace

TEST_CASE("an address in a network of its link is not told", "[config]") {
    CHECK(lint(router("a", "eth0", 1, "addresses = [\"192.0.2.60/24\", \"192.0.2.61\"]")).empty());
    CHECK(lint(router("a", "eth0", 1, "addresses = [\"fe80::60/64\", \"2001:db8::60\"]")).empty());
    CHECK(lint(router("a", "eth1", 1, "addresses = [\"198.51.100.254/24\"]")).empty());
}

TEST_CASE("an address in no network of its link is told with those that there are", "[config]") {
    CHECK(lint(router("a", "eth0", 1, "addresses = [\"192.0.3.60/24\"]")) ==
          "a.toml:4:14: warning: 192.0.3.60 is in no network of its link: interface eth0 is in "
          "192.0.2.0/24\n  help: clients reach it only by a route to this link; is the address or "
          "the interface another one?\n");
    CHECK(
        lint(router("a", "eth0", 1, "addresses = [\"192.0.2.60/24\", \"10.0.0.1\", \"10.0.0.2\"]"))
            .find("a.toml:4:31: warning: 10.0.0.1 (and 1 more) is in no network") == 0);
    CHECK(lint(router("a", "eth0", 1, "addresses = [\"fe80::60/64\", \"2001:db8:0:1::60/64\"]"))
              .find("2001:db8:0:1::60 is in no network of its link: interface eth0 is in "
                    "2001:db8::/64") != std::string::npos);
}

TEST_CASE("an address that is on the link already is no network of its own", "[config]") {
    config::HostView view = host();
    view.links[0].addresses.push_back({IpAddress(10, 0, 0, 1), 24});

    CHECK(lint(router("a", "eth0", 1, "addresses = [\"10.0.0.1/24\"]"), view)
              .find("10.0.0.1 is in no network") != std::string::npos);
}

TEST_CASE("a link without an address of the family is told", "[config]") {
    CHECK(lint(router("a", "eth2", 1, "addresses = [\"192.0.2.60/24\"]")) ==
          "a.toml:2:13: warning: interface eth2 has no IPv4 address of its own; router a waits for "
          "one to speak from\n");
    CHECK(lint(router("a", "eth2", 1, "addresses = [\"192.0.2.60/24\"]\nsource = \"192.0.2.9\""))
              .empty());
    // That the link is not there is told by another.
    CHECK(lint(router("a", "eth9", 1, "addresses = [\"192.0.2.60/24\"]")).empty());
}

TEST_CASE("an address of two links is told", "[config]") {
    const std::string both = router("a", "eth0", 1, "addresses = [\"192.0.2.60/24\"]") +
                             router("b", "eth1", 1, "addresses = [\"192.0.2.60/24\"]");

    CHECK(lint(both).find("a.toml:8:14: warning: 192.0.2.60 is an address of router a on eth0 too: "
                          "both links answer for it\n  help: give each link an address of its "
                          "own\n") != std::string::npos);
    CHECK(lint(router("a", "eth0", 1, "addresses = [\"fe80::60/64\"]") +
               router("b", "eth0", 2, "addresses = [\"fe80::61/64\"]"))
              .empty());
}

TEST_CASE("a program that waits where no traffic is accepted is told", "[config]") {
    const std::string text = router("a", "eth0", 1,
                                    "addresses = [\"192.0.2.60/24\"]\naccept = false\n"
                                    "checks = [\"web\"]\n[check.web]\nprocess = \"nginx\"");
    const auto with = [](const IpAddress& address, const std::string& program) {
        config::HostView view = host();
        view.listeners = {{.address = address, .port = 443, .program = program}};
        return view;
    };

    CHECK(lint(text, with(IpAddress(192, 0, 2, 60), "haproxy")) ==
          "a.toml:4:14: warning: 192.0.2.60 accepts no traffic (accept is off), and haproxy waits "
          "for clients at it, port 443\n  help: let router a accept traffic\n");
    CHECK(lint(text, with(any, "nginx")).find("and nginx waits for clients") != std::string::npos);

    CHECK(lint(text, with(any, "sshd")).empty());
    CHECK(lint(text, with(IpAddress(192, 0, 2, 7), "nginx")).empty());
    CHECK(lint(router("a", "eth0", 1, "addresses = [\"192.0.2.60/24\"]"),
               with(IpAddress(192, 0, 2, 60), "nginx"))
              .empty());
}
