#include "observe/status_json.hpp"

#include "catch2.hpp"

#include <chrono>
#include <nlohmann/json.hpp>

using namespace std::chrono_literals;

namespace {

engine::Snapshot pair_snapshot() {
    const engine::WallTime start{1'700'000'000s};
    return {
        .host = "lb-master",
        .version = "0.1.0",
        .pid = 17,
        .taken_at = start + 90'250ms,
        .started_at = start,
        .process = {.realtime_priority = 10, .is_memory_locked = true},
        .configuration = {.loaded_at = start,
                          .reloads_good = 3,
                          .reloads_failed = 1,
                          .failed_at = start + 90'250ms,
                          .failure = "no such key"},
        .lag = {.greatest = 12'345'678ns, .recent = 250us, .late_wake_ups = 2},
        .routers = {{.name = "k8s-api",
                     .interface = "eth0",
                     .virtual_router_id = 51,
                     .state = vrrp::State::master,
                     .since = start + 3s,
                     .reason = "no advertisement from any master for 3.609 s",
                     .priority = 100,
                     .base_priority = 100,
                     .source = vrrp::IpAddress(192, 168, 56, 61),
                     .master = vrrp::IpAddress(192, 168, 56, 61),
                     .addresses = {{vrrp::IpAddress(192, 168, 56, 60), 24}},
                     .parts = {{"nginx", 0}},
                     .counters = {.advertisements_sent = 87, .refused = {{"password", 3}}}}},
        .checks = {{.name = "nginx",
                    .probe = "process nginx",
                    .verdict = health::Verdict::good,
                    .detail = "bytes that are no UTF-8: \xff",
                    .since = std::nullopt}},
    };
}

}  // namespace

TEST_CASE("the status is the snapshot in JSON", "[observe]") {
    const auto status = nlohmann::json::parse(observe::status_json(pair_snapshot()));

    CHECK(status["host"] == "lb-master");
    CHECK(status["taken_at"] == "2023-11-14T22:14:50.250Z");
    CHECK(status["process"]["realtime_priority"] == 10);
    CHECK(status["process"]["memory_locked"] == true);
    CHECK(status["loop"] ==
          nlohmann::json{{"lag_max_ms", 12.345}, {"lag_recent_ms", 0.25}, {"late_wake_ups", 2}});
    CHECK(status["configuration"] ==
          nlohmann::json{
              {"loaded_at", "2023-11-14T22:13:20.000Z"},
              {"reloads_good", 3},
              {"reloads_failed", 1},
              {"last_failure", {{"at", "2023-11-14T22:14:50.250Z"}, {"reason", "no such key"}}}});
    const auto& router = status["routers"][0];
    CHECK(router["state"] == "master");
    CHECK(router["since"] == "2023-11-14T22:13:23.000Z");
    CHECK(router["vrid"] == 51);
    CHECK(router["addresses"] == nlohmann::json::array({"192.168.56.60/24"}));
    CHECK(router["master"] == "192.168.56.61");
    CHECK(router["counters"]["refused"]["password"] == 3);
}

TEST_CASE("state scripts and FIFOs stand in the status", "[observe]") {
    auto snapshot = pair_snapshot();
    snapshot.scripts = {{.name = "k8s-api", .running = "on_change", .counters = {3, 2, 1}},
                        {.is_group = true,
                         .name = "both",
                         .last = engine::ScriptResult{.script = "on_master",
                                                      .state = "MASTER",
                                                      .detail = "exit status 1",
                                                      .duration = std::chrono::milliseconds(5),
                                                      .ended_at = snapshot.taken_at}}};
    snapshot.fifos = {{.path = "/run/states", .lines_written = 4, .lines_lost = 1}};

    const auto status = nlohmann::json::parse(observe::status_json(snapshot));

    CHECK(status["state_scripts"][0] == nlohmann::json{{"kind", "router"},
                                                       {"name", "k8s-api"},
                                                       {"running", "on_change"},
                                                       {"runs", 3},
                                                       {"failures", 2},
                                                       {"passed_over", 1},
                                                       {"last", nullptr}});
    CHECK(status["state_scripts"][1]["kind"] == "group");
    CHECK(status["state_scripts"][1]["last"] == nlohmann::json{{"script", "on_master"},
                                                               {"state", "MASTER"},
                                                               {"good", false},
                                                               {"detail", "exit status 1"},
                                                               {"duration_ms", 5.0},
                                                               {"ended_at", status["taken_at"]}});
    CHECK(status["state_fifos"][0] == nlohmann::json{{"path", "/run/states"},
                                                     {"problem", nullptr},
                                                     {"lines_written", 4},
                                                     {"lines_waiting", 0},
                                                     {"lines_lost", 1}});
}

TEST_CASE("what is not there is null", "[observe]") {
    auto snapshot = pair_snapshot();
    snapshot.routers[0].master.reset();
    snapshot.process = {};
    snapshot.configuration.failed_at.reset();

    const auto status = nlohmann::json::parse(observe::status_json(snapshot));

    CHECK(status["routers"][0]["master"].is_null());
    CHECK(status["process"]["realtime_priority"].is_null());
    CHECK(status["process"]["memory_locked"] == false);
    CHECK(status["configuration"]["last_failure"].is_null());
    CHECK(status["checks"][0]["since"].is_null());
}

TEST_CASE("a script's broken text does not break the document", "[observe]") {
    const auto status = nlohmann::json::parse(observe::status_json(pair_snapshot()));

    CHECK(status["checks"][0]["detail"] == "bytes that are no UTF-8: \xef\xbf\xbd");
}
