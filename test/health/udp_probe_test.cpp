#include <algorithm>
#include <chrono>
#include <string>

#include "catch2.hpp"
#include "health/stage.hpp"
#include "health/udp_server.hpp"

using health::ProbeResult;
using health_test::Stage;
using health_test::UdpServer;
using namespace std::chrono_literals;

namespace {

const vrrp::IpAddress loopback(127, 0, 0, 1);

health::CheckConfig check_of(const health::UdpProbeConfig& probe, vrrp::Duration interval = 1s,
                             vrrp::Duration timeout = 20s) {
    return {.name = "syslog", .probe = probe, .interval = interval, .timeout = timeout};
}

/// The first result of a probe.
ProbeResult result_of(Stage& stage, const health::CheckConfig& check) {
    stage.start(check, [&] { stage.done(); });
    REQUIRE(stage.run());
    return stage.last();
}

}  // namespace

TEST_CASE("a UDP server that answers as expected is good", "[health]") {
    Stage stage;
    std::string request;
    UdpServer server(stage, [&](const std::string& datagram) {
        request = datagram;
        server.answer("+PONG\r\n");
    });

    const auto result = result_of(
        stage,
        check_of(
            {.address = loopback, .port = server.port(), .send = "PING\r\n", .expect = "PONG"}));

    CHECK(request == "PING\r\n");
    CHECK(result == ProbeResult{true, server.name() + " answered with the expected text"});
    REQUIRE(stage.steps.size() == 2);
    CHECK(stage.steps[0] == "sent 6 bytes to " + server.name());
    CHECK(stage.steps[1].starts_with("7 bytes from " + server.name() + " after "));
}

TEST_CASE("a UDP server of which nothing is expected is good with any answer", "[health]") {
    Stage stage;
    UdpServer server(stage, [&](const std::string& /*request*/) { server.answer(""); });

    CHECK(result_of(stage, check_of({.address = loopback, .port = server.port()})) ==
          ProbeResult{true, server.name() + " answered"});
}

TEST_CASE("a UDP server of which nothing is expected may be silent", "[health]") {
    Stage stage;
    UdpServer server(stage, [&](const std::string& /*request*/) {});

    const auto result =
        result_of(stage, check_of({.address = loopback, .port = server.port()}, 1s, 200ms));

    CHECK(result == ProbeResult{true, "not refused by " + server.name() + " within 0.1 s"});
}

TEST_CASE("a UDP port at which nobody listens is bad at once", "[health]") {
    for (const std::string expect : {"", "PONG"}) {
        Stage stage;
        UdpServer server(stage, [](const std::string& /*request*/) {});
        server.close();

        CHECK(result_of(stage, check_of({.address = loopback,
                                         .port = server.port(),
                                         .send = "x",
                                         .expect = expect})) ==
              ProbeResult{false, "refused by " + server.name()});
    }
}

TEST_CASE("a UDP server that does not say what is expected is bad at the limit", "[health]") {
    for (const bool answers : {false, true}) {
        Stage stage;
        UdpServer server(stage, [&](const std::string& /*request*/) {
            if (answers) {
                server.answer("PANG");
                server.answer("PUNG");
            }
        });

        CHECK(result_of(stage,
                        check_of({.address = loopback, .port = server.port(), .expect = "PONG"}, 1s,
                                 200ms)) ==
              ProbeResult{false, std::string("timed out after 0.2 s while waiting for ") +
                                     (answers ? "the expected text" : "an answer") + " from " +
                                     server.name()});
    }
}

TEST_CASE("what another host sends to a UDP probe is no answer", "[health]") {
    Stage stage;
    UdpServer server(stage, [&](const std::string& /*request*/) {
        server.answer_from_elsewhere("PONG from elsewhere");
        server.answer("PONG");
    });

    CHECK(result_of(stage, check_of({.address = loopback, .port = server.port(), .expect = "PONG"}))
              .is_good);

    CHECK(stage.steps.back().starts_with("4 bytes from "));
}

TEST_CASE("a UDP probe that can't speak from where it is told to is bad", "[health]") {
    const auto detail = [](const health::ProbeSource& source) {
        Stage stage;
        const auto result =
            result_of(stage, check_of({.address = loopback, .port = 9, .source = source}));
        CHECK_FALSE(result.is_good);
        return result.detail;
    };

    CHECK(detail({.address = vrrp::IpAddress(192, 0, 2, 1)}) ==
          "can't speak from 192.0.2.1: Cannot assign requested address");
    CHECK(detail({.interface = "missing0"}) ==
          "can't speak from interface missing0: No such device");
}

TEST_CASE("a UDP probe speaks from the address that it is told to", "[health]") {
    Stage stage;
    UdpServer server(stage, [&](const std::string& /*request*/) { server.answer("x"); });

    CHECK(result_of(stage, check_of({.address = loopback,
                                     .port = server.port(),
                                     .source = {.address = vrrp::IpAddress(127, 0, 0, 2)}}))
              .is_good);

    CHECK(server.client() == "127.0.0.2");
}

TEST_CASE("a UDP probe may be destroyed in its report", "[health]") {
    Stage stage;
    UdpServer server(stage, [&](const std::string& /*request*/) { server.answer("x"); });

    stage.start(check_of({.address = loopback, .port = server.port()}), [&] {
        stage.probe.reset();
        stage.done();
    });

    CHECK(stage.run());
}

TEST_CASE("thousands of UDP runs leave no descriptors", "[health]") {
    Stage stage;
    int requests = 0;
    UdpServer server(stage, [&](const std::string& /*request*/) {
        // Some time out.
        if (++requests % 100 != 0) {
            server.answer("x");
        }
    });
    std::ptrdiff_t before = 0;
    std::ptrdiff_t after = 0;

    stage.start(check_of({.address = loopback, .port = server.port(), .expect = "x"}, 1ms, 2ms),
                [&] {
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
    CHECK(std::ranges::count_if(stage.results, &ProbeResult::is_good) > 1000);
    CHECK(std::ranges::count(stage.results, false, &ProbeResult::is_good) > 10);
}

TEST_CASE("a server that hangs is asked again at the very instant of its time limit", "[health]") {
    Stage stage;
    UdpServer server(stage, [](const std::string& /*request*/) {});
    const health::CheckConfig check = check_of(
        {.address = loopback, .port = server.port(), .send = "PING", .expect = "PONG"}, 1s, 1s);

    std::size_t sent = 0;
    stage.start(check, [&] {
        const std::size_t before = stage.steps.size();
        stage.loop.at_end([&, before](vrrp::Instant /*now*/) {
            sent += stage.steps.size() - before;
            stage.done();
        });
    });

    REQUIRE(stage.run());
    CHECK_FALSE(stage.last().is_good);
    CHECK(sent == 1);
}
