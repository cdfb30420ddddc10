#include "config/lint.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "config/load.hpp"
#include "config/weight_lint.hpp"
#include "temporary_folder.hpp"

namespace {

using config::Severity;

const config::HostView links = {
    .links = {{"lo", {{vrrp::IpAddress(192, 0, 2, 7), 24}}}, {"eth1", {}}}, .listeners = {}};

config::Config with_interface(const std::string& name) {
    config::Config config;
    config::Router router;
    router.name = "a";
    router.interface = name;
    router.interface_place = {2, 13};
    router.source = vrrp::IpAddress(10, 0, 0, 2);
    config.routers.push_back(router);
    config.router_places.emplace_back();
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

TEST_CASE("a track_interface that is not there is a warning with the nearest one", "[config]") {
    const config::Loaded loaded = config::load_text("a.conf", R"(vrrp_instance VI_1 {
    interface lo
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.60/24
    }
    track_interface {
        eht1
    }
}
)",
                                                    "a");
    REQUIRE(loaded.config);
    CHECK(only_text(config::lint(*loaded.config, "a.conf", links)) ==
          "a.conf:8:9: warning: check eht1 waits for interface \"eht1\", which is not there\n"
          "  help: did you mean eth1?");
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

namespace {

/// The warnings of weights in a file of two hosts, on lb-master.
std::string weight_warnings(const std::string& router, const std::string& checks) {
    const config::Loaded loaded = config::load_text("a.toml", R"(
[router.a]
interface = "eth0"
vrid = 1
addresses = ["10.0.0.1/24"]
)" + router + "\n" + checks,
                                                    "lb-master");
    REQUIRE(loaded.config);
    std::string text;
    for (const config::Diagnostic& diagnostic : config::lint_weights(*loaded.config, "a.toml")) {
        text += config::to_text(diagnostic) + "\n";
    }
    return text;
}

const std::string two = "priority = { lb-master = 100, lb-backup = 90 }\n";

std::string weighing(int weight) {
    return "[check.x]\nprocess = \"x\"\nweight = " + std::to_string(weight) + "\n";
}

}  // namespace

TEST_CASE("a weight smaller than the difference is told with the arithmetic", "[config]") {
    CHECK(
        weight_warnings(two + "checks = [\"x\"]", weighing(-5)) ==
        "a.toml:7:11: warning: router a: check x can never change who is master: with its weight "
        "-5 the priority is 100 while it is good and 95 while it is bad, and the other hosts have "
        "90\n  help: let it weigh more than 10, the difference, or leave the weight out: then its "
        "failure takes the router out of office\n");
    CHECK(weight_warnings(two + "checks = [\"x\"]", weighing(5)).find("105 while it is good") !=
          std::string::npos);
}

TEST_CASE("a weight that can put a host above or below another is not told", "[config]") {
    for (const int weight : {-10, -11, 10, 11, 200, -200}) {
        CHECK(weight_warnings(two + "checks = [\"x\"]", weighing(weight)).empty());
    }
    CHECK(weight_warnings("priority = 100\nchecks = [\"x\"]", weighing(-5)).empty());
    const std::string heavy = "checks = [{ name = \"x\", weight = -20 }]";
    CHECK(weight_warnings(two + heavy, weighing(-5)).empty());
}

TEST_CASE("weights that matter only together are not told", "[config]") {
    const std::string another = "[check.y]\nprocess = \"y\"\nweight = -6\n";

    CHECK(weight_warnings(two + "checks = [\"x\", \"y\"]", weighing(-5) + another).empty());
}

TEST_CASE("a weight where preemption is off is told", "[config]") {
    CHECK(weight_warnings(two + "preempt = false\nchecks = [\"x\"]", weighing(-50)) ==
          "a.toml:8:11: warning: router a: check x can never change who is master while one lives: "
          "its weight -50 moves the priority of 100, and without preemption a master stays "
          "whatever that is\n"
          "  help: leave the weight out, then its failure takes the router out of office\n");
    CHECK(weight_warnings(two + "preempt = false\nchecks = [{ name = \"x\", weight = 0 }]",
                          weighing(-50))
              .empty());
}

TEST_CASE("a weight of the owner of the addresses is told", "[config]") {
    CHECK(weight_warnings("priority = 255\nchecks = [\"x\"]", weighing(-50)) ==
          "a.toml:7:11: warning: router a: check x can never change who is master: a router of "
          "priority 255 keeps it whatever the weight -50 says\n"
          "  help: leave the weight out, then its failure takes the router out of office\n");
}

TEST_CASE("a script that others could replace is a warning with who they are", "[config]") {
    if (geteuid() != 0) {
        return;
    }
    const TemporaryFolder folder;
    const std::string path = folder.path() + "/check";
    std::ofstream(path) << "#!/bin/sh\n";
    chmod(folder.path().c_str(), 0755);
    chmod(path.c_str(), 0755);
    CHECK(config::lint(with_script(path, "root"), "a.toml", links).empty());

    chmod(path.c_str(), 0757);
    CHECK(only_text(config::lint(with_script(path, "root"), "a.toml", links)) ==
          "a.toml:3:10: warning: check x fails: " + path +
              " is writable by everyone (mode 0757): it can't run as root\n  help: chown root " +
              path + " && chmod go-w " + path + ", or let it run as a user of its own");
    CHECK(only_text(config::lint(with_script(path, "daemon"), "a.toml", links)) ==
          "a.toml:3:10: warning: check x: " + path +
              " is writable by everyone (mode 0757): others than root and daemon decide what it "
              "runs\n  help: chown root " +
              path + " && chmod go-w " + path);

    chmod(path.c_str(), 0755);
    REQUIRE(chown(path.c_str(), 1, 1) == 0);
    CHECK(config::lint(with_script(path, "daemon"), "a.toml", links).empty());
    CHECK(config::lint(with_script(path, "root"), "a.toml", links).size() == 1);
}

TEST_CASE("a state script that can't run is a warning with its key and its owner", "[config]") {
    config::StateScript script;
    script.command = {"/nowhere/master.sh"};
    script.key = "on_master";
    script.place = {5, 13};
    config::Config config = with_interface("eth1");
    config.routers[0].scripts.master = script;
    // Its other family has the same, and is not told again.
    config.routers.push_back(config.routers[0]);
    CHECK(only_text(config::lint(config, "a.toml", links)) ==
          "a.toml:5:13: warning: on_master of router a fails: \"/nowhere/master.sh\" is not there");

    config.routers.clear();
    script.command = {"/bin/sh"};
    script.user = "no-such-user";
    script.user_place = {6, 9};
    config.groups.push_back({.name = "both", .scripts = {.change = script}});
    CHECK(only_text(config::lint(config, "a.toml", links)) ==
          "a.toml:6:9: warning: on_master of group both fails: there is no user "
          "\"no-such-user\"");

    config.groups.clear();
    config.daemon.state_fifos.push_back({.path = "/run/states", .reader = script});
    CHECK(only_text(config::lint(config, "a.toml", links)) ==
          "a.toml:6:9: warning: on_master of FIFO /run/states fails: there is no user "
          "\"no-such-user\"");
}
