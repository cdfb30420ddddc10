#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>

#include "catch2.hpp"
#include "server.hpp"
#include "stage.hpp"

using health::CheckConfig;
using health::ProbeResult;
using health::TcpProbeConfig;
using health_test::saying;
using health_test::Server;
using health_test::Stage;
using namespace std::chrono_literals;

namespace {

ProbeResult look(Stage& stage, const health::ProbeConfig& config, vrrp::Duration timeout = 5s) {
    CheckConfig check{.name = "tcp", .probe = config};
    check.timeout = timeout;
    stage.start(check, [&stage] { stage.done(); });
    REQUIRE(stage.run());
    stage.probe.reset();
    return stage.last();
}

TcpProbeConfig to(const Server& server) {
    return {.host = "127.0.0.1", .port = server.port()};
}

}  // namespace

TEST_CASE("a TCP server that accepts is good", "[health]") {
    Stage stage;
    const Server server(stage);
    const std::string port = std::to_string(server.port());
    const auto result = look(stage, to(server));
    CHECK(result == ProbeResult{.is_good = true, .detail = "connected to 127.0.0.1 port " + port});
}

TEST_CASE("a connection that has ended keeps no port of ours", "[health]") {
    Stage stage;
    const Server server(stage);
    CHECK(look(stage, to(server)).is_good);

    const std::string end = fmt::format(":{:04X}", server.port());
    std::ifstream connections("/proc/net/tcp");
    std::string number;
    std::string local;
    std::string remote;
    std::string state;
    int waiting = 0;
    for (std::string line; std::getline(connections, line);) {
        std::istringstream(line) >> number >> local >> remote >> state;
        waiting += remote.ends_with(end) && state == "06" ? 1 : 0;
    }
    CHECK(waiting == 0);
}

TEST_CASE("a TCP server is asked, and its answer compared", "[health]") {
    Stage stage;
    const Server server(stage, saying("250 welcome\r\n"));
    const std::string peer = "127.0.0.1 port " + std::to_string(server.port());
    TcpProbeConfig config = to(server);
    config.send = "HELO\r\n";
    SECTION("with what is expected") {
        config.expect = "welcome";
        CHECK(look(stage, config).detail == peer + " answered as expected");
        CHECK(server.request() == "HELO\r\n");
    }
    SECTION("with something else") {
        config.expect = "220 ";
        CHECK(look(stage, config).detail ==
              peer + R"( closed the connection after "250 welcome", expected "220")");
    }
    SECTION("with whatever it may be") {
        CHECK(look(stage, config).detail == "sent 6 bytes to " + peer);
    }
}

TEST_CASE("a TCP server that says nothing is bad at the limit", "[health]") {
    Stage stage;
    const Server server(stage);
    TcpProbeConfig config = to(server);
    config.expect = "220";
    CHECK(look(stage, config, 100ms).detail ==
          R"(timed out after 0.1 s while waiting for "220" from 127.0.0.1 port )" +
              std::to_string(server.port()) + ", with 0 bytes so far");
}

TEST_CASE("a server without TLS is bad for a TLS probe", "[health]") {
    Stage stage;
    const Server server(stage, saying("220 ready\r\n"));
    const auto result = look(stage, health::TlsProbeConfig{.tcp = to(server), .tls = {}});
    CHECK_FALSE(result.is_good);
    CHECK(result.detail.starts_with("no TLS with 127.0.0.1 port "));
}

TEST_CASE("a TLS handshake that doesn't come is bad at the limit", "[health]") {
    Stage stage;
    const Server server(stage);
    const auto result = look(stage, health::TlsProbeConfig{.tcp = to(server), .tls = {}}, 100ms);
    CHECK(result.detail ==
          "timed out after 0.1 s while waiting for the TLS handshake with 127.0.0.1 port " +
              std::to_string(server.port()));
}

TEST_CASE("a source that this host does not have is said", "[health]") {
    Stage stage;
    const Server server(stage);
    TcpProbeConfig config = to(server);
    config.source.address = vrrp::IpAddress(192, 0, 2, 9);
    CHECK(look(stage, config).detail == "speak from 192.0.2.9: Cannot assign requested address");
}
