#include "reading.hpp"

#include <algorithm>
#include <chrono>
#include <string>

using namespace std::chrono_literals;

namespace {

const std::string pair_file = R"(
[check.nginx]
process = "nginx"

[router.k8s-api]
interface = "eth0"
vrid      = 51
priority  = { lb-master = 100, lb-backup = 90 }
addresses = ["192.168.56.60/24"]
password  = "1111"
checks    = ["nginx"]
)";

/// A router with one more line.
std::string with(const std::string& line) {
    return "[router.a]\ninterface = \"eth0\"\nvrid = 1\naddresses = [\"10.0.0.1/24\"]\n" + line +
           '\n';
}

/// A check with these lines, and a router that uses it.
std::string check(const std::string& lines) {
    return with("checks = [\"x\"]") + "[check.x]\n" + lines + '\n';
}

}  // namespace

TEST_CASE("the file of a pair gives each host its own values", "[config]") {
    const config::Config master = read("a.toml", pair_file, "lb-master");
    const config::Config backup = read("a.toml", pair_file, "lb-backup");

    REQUIRE(master.routers.size() == 1);
    const config::Router& router = master.routers[0];
    CHECK(router.name == "k8s-api");
    CHECK(router.interface == "eth0");
    CHECK(router.interface_place == config::Place{6, 13});
    CHECK(router.protocol.virtual_router_id == 51);
    CHECK(router.protocol.priority == 100);
    CHECK(router.protocol.interval == 1s);
    CHECK(router.protocol.preempt);
    CHECK_FALSE(router.protocol.strict);
    CHECK(router.protocol.password);
    CHECK(router.protocol.addresses == std::vector{vrrp::IpAddress(192, 168, 56, 60)});
    CHECK(router.addresses.size() == 1);
    CHECK(router.checks == std::vector{health::CheckUse{"nginx"}});
    CHECK(backup.routers[0].protocol.priority == 90);
}

TEST_CASE("a check of a process is fatal and decides at once", "[config]") {
    const config::Config config = read("a.toml", pair_file);

    REQUIRE(config.checks.size() == 1);
    CHECK(config.checks[0] == health::CheckConfig{.name = "nginx",
                                                  .probe = health::ProcessProbeConfig{
                                                      .pattern = health::ProcessName{"nginx"}}});
    REQUIRE(config.check_places.size() == 1);
    CHECK(config.check_places[0].probe == config::Place{3, 11});
}

TEST_CASE("a host is looked up by its full name, then by the part before the dot", "[config]") {
    const std::string text = with("priority = { \"a.b.c\" = 1, a = 2, \"a.b\" = 3, x = 4 }");

    CHECK(read("a.toml", text, "a.b.c").routers[0].protocol.priority == 1);
    CHECK(read("a.toml", text, "a.b").routers[0].protocol.priority == 3);
    CHECK(read("a.toml", text, "a").routers[0].protocol.priority == 2);
    CHECK(read("a.toml", text, "a.other").routers[0].protocol.priority == 2);
    CHECK(read("a.toml", text, "x.b.c").routers[0].protocol.priority == 4);
}

TEST_CASE("a host's name with dots needs no quotes", "[config]") {
    const std::string text = with("priority = { a.example.com = 7, b.example.com = 8 }");

    CHECK(read("a.toml", text, "b.example.com").routers[0].protocol.priority == 8);
}

TEST_CASE("a host that a table does not list is an error with both names", "[config]") {
    const std::string text = with("preempt = { lb-a = true, lb-b = false }");

    CHECK(messages("a.toml", text, "lb-c.example.com") ==
          "a.toml:5:11: error: preempt has no value for this host; looked up \"lb-c.example.com\" "
          "and \"lb-c\", listed: lb-a, lb-b\n");
}

TEST_CASE("a mistake in another host's value is told on every host", "[config]") {
    const std::string text = with("priority = { lb-master = 100, lb-backup = 300 }");

    CHECK(messages("a.toml", text) ==
          "a.toml:5:43: error: priority is 300, expected a whole number from 1 to 255\n");
}

TEST_CASE("a check that only another host uses is not run here", "[config]") {
    const std::string text =
        with("checks = { lb-master = [], lb-backup = [\"x\"] }") + "[check.x]\nprocess = \"x\"\n";

    CHECK(read("a.toml", text, "lb-master").checks.empty());
    CHECK(read("a.toml", text, "lb-backup").checks.size() == 1);
}

TEST_CASE("routers and checks keep the order of the file", "[config]") {
    const config::Config config = read("a.toml", R"(
[check.z]
process = "z"
[check.y]
process = "y"
[router.z]
interface = "eth0"
vrid = 1
addresses = ["10.0.0.1/24"]
checks = ["y", "z"]
[router.a]
interface = "eth0"
vrid = 2
addresses = ["10.0.0.3/24", "10.0.0.2/24"]
)");

    REQUIRE(config.routers.size() == 2);
    CHECK(config.routers[0].name == "z");
    CHECK(config.routers[1].name == "a");
    CHECK(config.checks[0].name == "z");
    CHECK(config.routers[0].checks == std::vector{health::CheckUse{"y"}, health::CheckUse{"z"}});
    CHECK(config.routers[1].protocol.addresses[0] == vrrp::IpAddress(10, 0, 0, 3));
}

TEST_CASE("a script's time limit is its interval unless it says another", "[config]") {
    const auto check_of = [](const std::string& lines) {
        return read("a.toml", check(lines)).checks[0];
    };

    CHECK(check_of("script = \"/bin/true\"").timeout == 1s);
    CHECK(check_of("script = \"/bin/true\"\ninterval = \"3s\"").timeout == 3s);
    CHECK(check_of("script = \"/bin/true\"\ninterval = \"3s\"\ntimeout = \"20ms\"").timeout ==
          20ms);
}

TEST_CASE("a script in a list is not split again", "[config]") {
    const config::Config config =
        read("a.toml", check("script = [\"/bin/sh\", \"-c\", \"exit 'a b'\"]"));

    CHECK(std::get<health::ScriptProbeConfig>(config.checks[0].probe).command ==
          std::vector<std::string>{"/bin/sh", "-c", "exit 'a b'"});
}

TEST_CASE("the empty list of a script is an error", "[config]") {
    CHECK(messages("a.toml", check("script = []")) == "a.toml:7:10: error: the command is empty\n");
}

TEST_CASE("255 addresses are read, 256 are not", "[config]") {
    std::string list;
    for (int host = 1; host <= 255; ++host) {
        list += "\"10.0.1." + std::to_string(host) + "/16\", ";
    }
    const std::string head = "[router.a]\ninterface = \"eth0\"\nvrid = 1\naddresses = [";

    CHECK(read("a.toml", head + list + "]\n").routers[0].addresses.size() == 255);
    CHECK(messages("a.toml", head + list + "\"10.0.2.1/16\"]\n") ==
          "a.toml:4:4241: error: addresses has more than 255 IPv4 addresses, the most that one "
          "advert carries\n");
}

TEST_CASE("whatever a file calls its things, a message is one printable line", "[config]") {
    for (const char* text :
         {"[router.\"a\\u001B[2Jb\"]\n", "[check.\"a\\nb\"]\n", "[router.a]\n\"a\\u007F\" = 1\n",
          "[router.a.priority]\n\"a\\rb\" = 1\n", "[router.a]\nchecks = [\"a\\tb\"]\n"}) {
        for (const config::Diagnostic& each :
             config::load_text("a.toml", text, "lb-master").diagnostics) {
            CAPTURE(each.message, each.advice);
            CHECK(std::ranges::none_of(each.message + each.advice, [](char letter) {
                return static_cast<unsigned char>(letter) < ' ' || letter == '\x7F';
            }));
        }
    }
}

TEST_CASE("no message tells a password", "[config]") {
    for (const char* line :
         {"password = sesame", "password = \"sesame", "password = \"sesame\" x",
          "password \"sesame\"", "password = [\"sesame\"]", "password = { lb-backup = \"sesame\" }",
          "password = 'sesame-open'", "password = { lb-master = sesame }",
          "password = \"sesame\\q\"", "pasword = \"sesame\"",
          "password = \"sesame\"\npassword = \"sesame\"", "password = \"ses\\u0000ame\"",
          "password = { sesame = \"lb-master\" }", "password.sesame = \"lb-master\"",
          "interval = \"\"\"1s\npassword = 'sesame'\n\"\"\""}) {
        const std::string said = messages("a.toml", with(line));
        INFO(line);
        CHECK_FALSE(said.empty());
        CHECK(said.find("sesame") == std::string::npos);
    }
}

TEST_CASE("the same id or address on another interface is another router's", "[config]") {
    const std::string text = with("") +
                             "[router.b]\ninterface = \"eth1\"\nvrid = 1\n"
                             "addresses = [\"10.0.0.1/24\"]\n";

    CHECK(read("a.toml", text).routers.size() == 2);
}
