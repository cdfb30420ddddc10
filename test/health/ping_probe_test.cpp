#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <string>

#include "catch2.hpp"
#include "health/stage.hpp"
#include "health/udp_server.hpp"

using health::ProbeResult;
using health_test::Stage;
using namespace std::chrono_literals;

// Raw sockets are root's; the rest of the tests runs for anybody.

namespace {

health::CheckConfig check_of(const health::PingProbeConfig& probe, vrrp::Duration interval = 1s,
                             vrrp::Duration timeout = 1s) {
    return {.name = "gateway", .probe = probe, .interval = interval, .timeout = timeout};
}

ProbeResult result_of(Stage& stage, const health::CheckConfig& check) {
    stage.start(check, [&] { stage.done(); });
    REQUIRE(stage.run());
    return stage.last();
}

const vrrp::IpAddress loopback(127, 0, 0, 1);

}  // namespace

TEST_CASE("a host that answers all pings is good", "[health]") {
    if (geteuid() != 0) {
        return;
    }
    Stage stage;

    const auto result = result_of(stage, check_of({.address = loopback, .count = 3}, 1s, 3s));

    CHECK(result.is_good);
    CHECK(result.detail.starts_with("3 of 3 answered by 127.0.0.1; mean "));
}

TEST_CASE("a ping tells its steps", "[health]") {
    if (geteuid() != 0) {
        return;
    }
    Stage stage;

    CHECK(result_of(stage, check_of({.address = loopback, .count = 2}, 1s, 100ms)).is_good);

    REQUIRE(stage.steps.size() == 4);
    CHECK(stage.steps[0] == "request 1 sent to 127.0.0.1");
    CHECK(stage.steps[1].starts_with("request 1 answered after "));
    CHECK(stage.steps[2] == "request 2 sent to 127.0.0.1");
}

TEST_CASE("two pings of one host keep their answers apart", "[health]") {
    if (geteuid() != 0) {
        return;
    }
    Stage first;
    Stage second;
    second.start(check_of({.address = loopback, .count = 1}), [&] { second.done(); });
    CHECK(result_of(first, check_of({.address = loopback, .count = 1})).is_good);
    REQUIRE(second.run());
    CHECK(second.last().is_good);
}

TEST_CASE("a ping that can't speak from where it is told to is bad", "[health]") {
    if (geteuid() != 0) {
        return;
    }
    Stage stage;
    CHECK(result_of(stage, check_of({.address = loopback, .source = {.interface = "missing0"}})) ==
          ProbeResult{false, "can't speak from interface missing0: No such device"});
}

TEST_CASE("thousands of pings leave no descriptors", "[health]") {
    if (geteuid() != 0) {
        return;
    }
    Stage stage;
    std::ptrdiff_t before = 0;
    std::ptrdiff_t after = 0;

    stage.start(check_of({.address = loopback}, 1ms, 1s), [&] {
        if (stage.results.size() == 1) {
            before = health_test::count_descriptors();
        }
        if (stage.results.size() == 3000) {
            after = health_test::count_descriptors();
            stage.done();
        }
    });

    REQUIRE(stage.run());
    CHECK(after == before);
    CHECK(std::ranges::all_of(stage.results, &ProbeResult::is_good));
}
