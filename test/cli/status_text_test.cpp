#include "cli/status_text.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "catch2.hpp"

using nlohmann::json;

namespace {

json status() {
    return json::parse(R"({
        "host": "lb-master", "version": "0.1.0", "pid": 17,
        "taken_at": "2023-11-14T22:14:50.250Z", "started_at": "2023-11-14T22:13:20.000Z",
        "configuration": {"loaded_at": "2023-11-14T22:13:20.000Z", "reloads_good": 0,
                          "reloads_failed": 1,
                          "last_failure": {"at": "2023-11-14T22:14:40.250Z", "reason": "bad"}},
        "loop": {"lag_max_ms": 12.345, "lag_recent_ms": 0.25, "late_wake_ups": 0},
        "routers": [{
            "name": "k8s-api", "interface": "eth0", "family": "ipv4", "version": 2,
            "interval_ms": 1000, "group": null, "vrid": 51, "state": "master", "contest": null,
            "since": "2023-11-14T20:13:23.000Z", "reason": "no other master",
            "priority": 80, "base_priority": 100,
            "source": "192.168.56.61", "master": "192.168.56.61",
            "addresses": ["192.168.56.60/24"], "lease_seconds": 2, 
            "checks": [{"name": "nginx", "priority_change": 0},
                       {"name": "load", "priority_change": -20}],
            "counters": {"refused": {"password": 3}}
        }],
        "checks": [{
            "name": "nginx", "probe": "process nginx", "verdict": "good", "detail": "2 processes",
            "warning": null, "since": null
        }],
        "state_scripts": [{
            "kind": "router", "name": "k8s-api", "running": null, "runs": 3, "failures": 0,
            "passed_over": 0, "last": null
        }],
        "state_fifos": [{
            "path": "/run/states", "problem": null, "lines_written": 2, "lines_waiting": 0,
            "lines_lost": 0
        }]
    })");
}

std::string text_of(const json& document) {
    // Also where the test runs in a terminal.
    setenv("NO_COLOR", "1", 1);
    const auto text = cli::status_text(document.dump());
    REQUIRE(text);
    return *text;
}

/// Whether the document is refused without each of its members, one at a time.
void check_each_is_needed(const json& document, const json::json_pointer& object) {
    for (const auto& [key, value] : document.at(object).items()) {
        json without = document;
        without.at(object).erase(key);
        const bool is_shown = key != "source";
        INFO(object.to_string() << " " << key);
        CHECK(cli::status_text(without.dump()).has_value() != (is_shown || object.empty()));
    }
}

}  // namespace

TEST_CASE("a second master is shown with the time when it was last seen", "[cli]") {
    json document = status();
    document["routers"][0]["family"] = "ipv6";
    document["routers"][0]["version"] = 3;
    document["routers"][0]["contest"] = {{"at", "2023-11-14T22:14:49.000Z"},
                                         {"what", "02:00:5e:10:00:01 says that it has fe80::51"}};

    const std::string text = text_of(document);

    CHECK(text.find("VRRP 3 over IPv6 each 1000 ms\n") != std::string::npos);
    CHECK(text.find("  contested  02:00:5e:10:00:01 says that it has fe80::51, last seen "
                    "1 s ago\n") != std::string::npos);
}

TEST_CASE("a priority is shown with what its checks add", "[cli]") {
    json document = status();
    CHECK(text_of(document).find("priority 80 = 100 - 20 (load), VRRP") != std::string::npos);

    document["routers"][0]["priority"] = 1;
    document["routers"][0]["checks"][0]["priority_change"] = nullptr;
    CHECK(text_of(document).find("priority 1 of 100, unfit by nginx, VRRP") != std::string::npos);
}

TEST_CASE("what a check warns of is shown", "[cli]") {
    json document = status();
    document["checks"][0]["warning"] = "the certificate ends in 5 days";

    CHECK(text_of(document).find("  warning    the certificate ends in 5 days\n") !=
          std::string::npos);
}

TEST_CASE("what became of state scripts and FIFOs is shown", "[cli]") {
    json document = status();
    json& scripts = document["state_scripts"][0];
    scripts["kind"] = "group";
    scripts["failures"] = 2;
    scripts["passed_over"] = 1;
    scripts["running"] = "on_change";
    scripts["last"] = {{"script", "on_master"},
                       {"state", "MASTER"},
                       {"detail", "exit status 1: no token"},
                       {"ended_at", "2023-11-14T22:14:30.000Z"}};
    document["state_fifos"][0]["lines_lost"] = 4;
    document["state_fifos"][0]["problem"] = "it is no FIFO";

    const std::string text = text_of(document);
    CHECK(
        text.contains("state scripts of group k8s-api  3 runs, 2 failed, 1 states passed over\n"
                      "  running    on_change\n"
                      "  last       on_master for MASTER, 20 s ago: exit status 1: no token\n"));
    CHECK(text.contains("2 lines written, 0 waiting, 4 lost\n  problem    it is no FIFO\n"));
}

TEST_CASE("each family of a router with both is called as the log calls it", "[cli]") {
    json document = status();
    document["routers"][0]["group"] = "k8s-api";
    document["routers"][0]["family"] = "ipv6";
    CHECK(text_of(document).find("\nk8s-api/ipv6  master") != std::string::npos);

    document["routers"][0]["group"] = "VG_1";
    CHECK(text_of(document).find("\nk8s-api  master") != std::string::npos);
}

TEST_CASE("of a thousand addresses the first ones are shown", "[cli]") {
    json document = status();
    json& addresses = document["routers"][0]["addresses"];
    for (int number = 2; number <= 8; ++number) {
        addresses.push_back("10.0.0." + std::to_string(number) + "/16");
    }
    CHECK(text_of(document).find("  address    10.0.0.8/16 (lease 2 s)\n  router ") !=
          std::string::npos);

    for (int number = 9; number <= 1000; ++number) {
        addresses.push_back("10.0.1.1/16");
    }
    CHECK(text_of(document).find("  address    10.0.0.8/16 (lease 2 s)\n"
                                 "             and 992 more\n  router ") != std::string::npos);
}

TEST_CASE("the status is told as text", "[cli]") {
    CHECK(text_of(status()) ==
          "lb-master  understudy 0.1.0, pid 17, up for 90 s\n"
          "  config     loaded 90 s ago\n"
          "  not taken 10 s ago: bad\n"
          "  lag        12.3 ms at most, 0.2 ms lately, never over 100 ms\n"
          "\n"
          "k8s-api  master for 2 h\n"
          "  because    no other master\n"
          "  address    192.168.56.60/24 (lease 2 s)\n"
          "  router     vrid 51 on eth0, priority 80 = 100 - 20 (load), VRRP 2 over IPv4 each 1000 "
          "ms\n"
          "  master     192.168.56.61\n"
          "  refused    3 (password)\n"
          "\n"
          "check nginx  good \n"
          "  probe      process nginx\n"
          "  last       2 processes\n"
          "\n"
          "state scripts of router k8s-api  3 runs\n"
          "\n"
          "state FIFO /run/states  2 lines written, 0 waiting\n");
}

TEST_CASE("a backup that knows no master names none", "[cli]") {
    json document = status();
    document["routers"][0]["master"] = nullptr;

    CHECK(text_of(document).find("\n  master ") == std::string::npos);
}

TEST_CASE("an answer that is no status is refused with the reason", "[cli]") {
    for (const std::string body : {"", "{}", "[]", "null", "1", "\"status\"", "{", "<html>"}) {
        const auto text = cli::status_text(body);
        INFO(body);
        REQUIRE_FALSE(text);
        CHECK(text.error().starts_with("the daemon's answer makes no sense: "));
    }
}

TEST_CASE("an answer in which a shown member is missing is refused", "[cli]") {
    check_each_is_needed(status(), json::json_pointer(""));
    check_each_is_needed(status(), json::json_pointer("/routers/0"));
    check_each_is_needed(status(), json::json_pointer("/checks/0"));
    check_each_is_needed(status(), json::json_pointer("/state_scripts/0"));
    check_each_is_needed(status(), json::json_pointer("/state_fifos/0"));
}

TEST_CASE("an answer in which a member has another type is refused", "[cli]") {
    for (const char* member : {"/host", "/pid", "/taken_at", "/routers/0", "/routers/0/priority",
                               "/routers/0/counters", "/checks/0/detail"}) {
        json document = status();
        document[json::json_pointer(member)] = json::array({1});
        INFO(member);
        CHECK_FALSE(cli::status_text(document.dump()));
    }
}
