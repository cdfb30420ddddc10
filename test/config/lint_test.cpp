#include "config/lint.hpp"
#include "catch2.hpp"

#include <string>
#include <vector>

namespace {

using config::Severity;

const std::vector<std::string> links = {"lo", "eth1"};

config::Config with_interface(const std::string& name) {
    config::Config config;
    config::Router router;
    router.name = "a";
    router.interface = name;
    router.interface_place = {2, 13};
    config.routers.push_back(router);
    return config;
}

config::Config with_script(const std::string& program, const std::string& user = "") {
    config::Config config;
    health::CheckConfig check;
    check.name = "x";
    check.probe = health::ScriptProbeConfig{.command = {program}, .user = user};
    config.checks.push_back(check);
    config.check_places.push_back({{3, 10}, {4, 8}});
    return config;
}

std::string only_text(const config::Diagnostics& diagnostics) {
    REQUIRE(diagnostics.size() == 1);
    return config::to_text(diagnostics[0]);
}

}  // namespace

TEST_CASE("an interface that is there gives no warning", "[config]") {
    CHECK(config::lint(with_interface("eth1"), "a.toml", links).empty());
}

TEST_CASE("an interface that is not there is a warning with the nearest one", "[config]") {
    CHECK(only_text(config::lint(with_interface("eth0"), "a.toml", links)) ==
          "a.toml:2:13: warning: interface \"eth0\" is not there; router a waits for it\n"
          "  help: did you mean eth1?");
    CHECK(only_text(config::lint(with_interface("bond0"), "a.toml", links)) ==
          "a.toml:2:13: warning: interface \"bond0\" is not there; router a waits for it\n"
          "  help: known: lo, eth1");
}

TEST_CASE("a script that cannot be run is a warning", "[config]") {
    CHECK(config::lint(with_script("/bin/sh"), "a.toml", links).empty());
    CHECK(only_text(config::lint(with_script("/no/such/script"), "a.toml", links)) ==
          "a.toml:3:10: warning: check x fails: \"/no/such/script\" is not there");
    CHECK(only_text(config::lint(with_script("/etc/passwd"), "a.toml", links)) ==
          "a.toml:3:10: warning: check x fails: \"/etc/passwd\" is not executable\n"
          "  help: chmod +x /etc/passwd");
    CHECK(only_text(config::lint(with_script("/etc"), "a.toml", links)) ==
          "a.toml:3:10: warning: check x fails: \"/etc\" is not a program");
}

TEST_CASE("a script whose user does not exist is a warning", "[config]") {
    const auto of_user = [](const std::string& user) {
        return config::lint(with_script("/bin/sh", user), "a.toml", links);
    };

    CHECK(of_user("root").empty());
    CHECK(only_text(of_user("no-such-user")) ==
          "a.toml:4:8: warning: check x fails: there is no user \"no-such-user\"");
}
