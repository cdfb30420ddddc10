#include "config/plan.hpp"

#include "catch2.hpp"
#include "reading.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using config::Action;
using config::Config;
using config::Plan;

namespace {

using Lines = std::vector<std::string>;

constexpr const char* basic = R"(
[check.nginx]
process = "nginx"
[check.api]
tcp = "127.0.0.1:6443"
[router.k8s-api]
interface = "eth0"
vrid      = 51
version   = 3
addresses = ["192.0.2.60/24"]
checks    = ["nginx"]
[router.other]
interface = "eth0"
vrid      = 52
addresses = ["192.0.2.61/24"]
password  = "1111"
checks    = ["api"]
)";

Config read(const std::string& text) {
    return ::read("understudy.toml", text);
}

std::string with(std::string text, const std::string& what, const std::string& instead) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), instead);
}

/// The plan that leads to a file in which the first of these texts is the second.
Plan plan_of(const std::string& what, const std::string& instead) {
    return config::plan(read(basic), read(with(basic, what, instead)));
}

Action action_of(const Plan& plan, const std::string& router) {
    const auto found = std::ranges::find(plan.routers, router, &config::RouterStep::name);
    REQUIRE(found != plan.routers.end());
    return found->action;
}

/// What one more line of the first router is told as; it must be no move, and touch nothing else.
std::string told(const std::string& line) {
    const Plan plan = plan_of("version   = 3\n", "version   = 3\n" + line + "\n");
    REQUIRE(plan.lines.size() == 1);
    CHECK(action_of(plan, "k8s-api") == Action::adjust);
    CHECK(action_of(plan, "other") == Action::keep);
    constexpr std::string_view subject = "router k8s-api: ";
    REQUIRE(plan.lines.front().starts_with(subject));
    return plan.lines.front().substr(subject.size());
}

}  // namespace

TEST_CASE("a file that says the same is no change, wherever it says it", "[config]") {
    const Plan same = config::plan(read(basic), read("# a line more\n\n" + std::string(basic)));

    CHECK(same.lines.empty());
    CHECK(action_of(same, "k8s-api") == Action::keep);
    CHECK(same.checks ==
          std::vector<config::CheckStep>{{Action::keep, "nginx"}, {Action::keep, "api"}});
}

TEST_CASE("each setting of a router that changes is told, and changes it while it runs",
          "[config]") {
    CHECK(told("priority = 90") == "priority 100 -> 90");
    CHECK(told("interval = \"100ms\"") == "interval 1s -> 100ms");
    CHECK(told("down_adverts = 5") == "down_adverts 3 -> 5");
    CHECK(told("preempt = false") == "preempt true -> false");
    CHECK(told("preempt_delay = \"90s\"") == "preempt_delay 0s -> 90s");
    CHECK(told("start_delay = \"1.5s\"") == "start_delay 0s -> 1.5s");
    CHECK(told("last_resort = true") == "last_resort false -> true");
    CHECK(told("strict = true") == "strict false -> true");
    CHECK(told("accept = false") == "accept true -> false");
    CHECK(told("lease = false") == "lease true -> false");
    CHECK(told("source = \"192.0.2.1\"") == "source none -> 192.0.2.1");
    CHECK(told("checksum = \"auto\"") == "checksum pseudo-header -> auto");
    CHECK(told("unicast = [\"192.0.2.2\"]") == "unicast peer 192.0.2.2 added");
    CHECK(told("unadvertised_addresses = [\"198.51.100.7/32\"]") ==
          "address 198.51.100.7/32 added");
}

TEST_CASE("per-host priorities are a change of what is known of the others", "[config]") {
    const Plan plan =
        plan_of("version   = 3\n", "version = 3\npriority = {lb-master = 100, b = 90}\n");

    CHECK(plan.lines == Lines{"router k8s-api: the other hosts' priorities changed"});
}

TEST_CASE("addresses that come and go are told one by one", "[config]") {
    const Plan plan = plan_of("[\"192.0.2.60/24\"]", "[\"192.0.2.62/24\", \"192.0.2.63/24\"]");

    CHECK(plan.lines == Lines{"router k8s-api: address 192.0.2.62/24 added",
                              "router k8s-api: address 192.0.2.63/24 added",
                              "router k8s-api: address 192.0.2.60/24 removed"});
    CHECK(action_of(plan, "k8s-api") == Action::adjust);
}

TEST_CASE("another prefix length is another address", "[config]") {
    CHECK(plan_of("192.0.2.60/24", "192.0.2.60/25").lines ==
          Lines{"router k8s-api: address 192.0.2.60/25 added",
                "router k8s-api: address 192.0.2.60/24 removed"});
}

TEST_CASE("addresses in another order are a change", "[config]") {
    const std::string two =
        with(basic, "[\"192.0.2.60/24\"]", "[\"192.0.2.60/24\", \"192.0.2.64/24\"]");
    const std::string turned =
        with(basic, "[\"192.0.2.60/24\"]", "[\"192.0.2.64/24\", \"192.0.2.60/24\"]");

    CHECK(config::plan(read(two), read(turned)).lines ==
          Lines{"router k8s-api: the order of the addresses changed"});
}

TEST_CASE("secrets are not printed", "[config]") {
    const std::string key = "\"text:0123456789abcdef0123456789abcdef\"";
    const std::string other = "\"text:fedcba9876543210fedcba9876543210\"";
    const auto keyed = [](const std::string& secret) {
        return with(basic, "version   = 3\n",
                    "version = 3\nhmac = { keys = { 1 = " + secret + " } }\n");
    };

    CHECK(plan_of("1111", "2222").lines == Lines{"router other: password changed"});
    CHECK(plan_of("password  = \"1111\"\n", "").lines == Lines{"router other: password removed"});
    CHECK(config::plan(read(basic), read(keyed(key))).lines == Lines{"router k8s-api: hmac added"});
    CHECK(config::plan(read(keyed(key)), read(keyed(other))).lines ==
          Lines{"router k8s-api: hmac changed"});
}

TEST_CASE("another router id, interface, version or header moves that router alone", "[config]") {
    constexpr const char* moves = ", which moves this router: it stops and starts";
    const auto check = [&](const Plan& plan, const std::string& line) {
        CHECK(plan.lines == Lines{line + moves});
        CHECK(action_of(plan, "other") == Action::move);
        CHECK(action_of(plan, "k8s-api") == Action::keep);
    };

    check(plan_of("= 52", "= 53"), "router other: vrid 52 -> 53");
    check(plan_of("interface = \"eth0\"\nvrid      = 52", "interface = \"eth1\"\nvrid = 52"),
          "router other: interface eth0 -> eth1");
    check(plan_of("password  = \"1111\"", "password = \"1111\"\nauthentication = \"ah\""),
          "router other: authentication password or none -> ah");
}

TEST_CASE("another version moves a router", "[config]") {
    CHECK(plan_of("version   = 3\n", "").lines ==
          Lines{"router k8s-api: version 3 -> 2, which moves this router: it stops and starts"});
}

TEST_CASE("a router of another name is another", "[config]") {
    const Plan plan = plan_of("[router.other]", "[router.another]");

    CHECK(plan.lines == Lines{"router another: starts", "router other: stops"});
    CHECK(action_of(plan, "another") == Action::start);
    CHECK(action_of(plan, "other") == Action::stop);
}

TEST_CASE("a family that is added starts, and joins the other one", "[config]") {
    const Plan plan = plan_of("[\"192.0.2.60/24\"]", "[\"192.0.2.60/24\", \"fe80::51/64\"]");

    CHECK(plan.lines ==
          Lines{"router k8s-api/ipv4: group none -> k8s-api", "router k8s-api/ipv6: starts"});
}

TEST_CASE("each setting of a check that changes is told, and nothing of other checks", "[config]") {
    const auto told_of_check = [](const std::string& line) {
        const Plan plan = plan_of("tcp = \"127.0.0.1:6443\"", "tcp = \"127.0.0.1:6443\"\n" + line);
        REQUIRE(plan.lines.size() == 1);
        CHECK(plan.checks.front() == config::CheckStep{Action::keep, "nginx"});
        CHECK(plan.checks.back() == config::CheckStep{Action::adjust, "api"});
        return plan.lines.front();
    };

    CHECK(told_of_check("interval = \"2s\"\ntimeout = \"1s\"") == "check api: interval 1s -> 2s");
    CHECK(told_of_check("timeout = \"500ms\"") == "check api: timeout 1s -> 500ms");
    CHECK(told_of_check("rise = 2") == "check api: rise 1 -> 2");
    CHECK(told_of_check("fall = 3") == "check api: fall 1 -> 3");
    CHECK(told_of_check("initially = \"good\"") == "check api: initially unknown -> good");
    CHECK(told_of_check("invert = true") == "check api: invert false -> true");
    CHECK(told_of_check("hold_good = \"5s\"") == "check api: hold_good 0s -> 5s");
    CHECK(told_of_check("expect = \"220\"") == "check api: how it looks changed");
}

TEST_CASE("what a check looks at is told", "[config]") {
    CHECK(plan_of("\"nginx\"\n[check", "\"haproxy\"\n[check").lines ==
          Lines{"check nginx: looks at process nginx -> process haproxy"});
}

TEST_CASE("a weight is told for the check and for the routers that go by it", "[config]") {
    CHECK(plan_of("process = \"nginx\"", "process = \"nginx\"\nweight = -20").lines ==
          Lines{"check nginx: weight none -> -20",
                "router k8s-api: check nginx: weight none -> -20"});
}

TEST_CASE("checks of a router come and go", "[config]") {
    const Config one = read(basic);
    const Config two = read(with(basic, "[\"nginx\"]", "[\"nginx\", \"api\"]"));

    CHECK(config::plan(one, two).lines == Lines{"router k8s-api: check api added"});
    CHECK(config::plan(two, one).lines == Lines{"router k8s-api: check api removed"});
}

TEST_CASE("a check that nobody uses any more stops", "[config]") {
    const Config before = read(basic);
    Config after = before;
    after.checks.erase(after.checks.begin());
    after.routers.front().checks.clear();

    CHECK(config::plan(before, after).lines ==
          Lines{"check nginx: stops", "router k8s-api: check nginx removed"});
    CHECK(config::plan(after, before).lines ==
          Lines{"check nginx: starts", "router k8s-api: check nginx added"});
}

TEST_CASE("what needs a restart says so", "[config]") {
    const Plan plan = config::plan(
        read(basic),
        read(std::string(basic) + "[daemon]\nannounce_interval = \"10ms\"\nrealtime_priority = 20\n"
                                  "lock_memory = false\n"));

    CHECK(plan.lines == Lines{"daemon: announce_interval 0s -> 10ms",
                              "daemon: realtime_priority usual -> 20 (needs a restart)",
                              "daemon: lock_memory usual -> false (needs a restart)"});
}
