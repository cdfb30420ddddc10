#include <algorithm>
#include <chrono>
#include <set>
#include <string>

#include "catch2.hpp"
#include "health/dns_bytes.hpp"
#include "health/stage.hpp"
#include "health/udp_server.hpp"

using health::ProbeResult;
using health_test::DnsBytes;
using health_test::Stage;
using health_test::UdpServer;
using namespace std::chrono_literals;

namespace {

const std::string address("\xc0\0\2\1", 4);

health::CheckConfig check_of(const UdpServer& server, vrrp::Duration interval = 1s,
                             vrrp::Duration timeout = 20s) {
    return {.name = "resolver",
            .probe = health::DnsProbeConfig{.server = vrrp::IpAddress(127, 0, 0, 1),
                                            .port = server.port(),
                                            .name = "www.example.com",
                                            .type = "A"},
            .interval = interval,
            .timeout = timeout};
}

ProbeResult result_of(Stage& stage, const health::CheckConfig& check) {
    stage.start(check, [&] { stage.done(); });
    REQUIRE(stage.run());
    return stage.last();
}

std::string answer_to(const std::string& query) {
    return DnsBytes::answer_to(query, 0, 1).record(1, address).text();
}

}  // namespace

TEST_CASE("a name server that answers the question is good", "[health]") {
    Stage stage;
    UdpServer server(stage, [&](const std::string& query) { server.answer(answer_to(query)); });

    CHECK(result_of(stage, check_of(server)) ==
          ProbeResult{true, "www.example.com A is 192.0.2.1"});
    REQUIRE(stage.steps.size() == 2);
    CHECK(stage.steps[0] == "asked " + server.name() + " for www.example.com A");
    CHECK(stage.steps[1].starts_with("49 bytes from " + server.name() + " after "));
}

TEST_CASE("answers to other questions and from other servers are not listened to", "[health]") {
    Stage stage;
    UdpServer server(stage, [&](const std::string& query) {
        std::string other = query;
        other[0] ^= 1;
        server.answer("");
        server.answer(DnsBytes::answer_to(other, 3, 0).text());
        server.answer_from_elsewhere(DnsBytes::answer_to(query, 3, 0).text());
        server.answer(answer_to(query));
    });

    CHECK(result_of(stage, check_of(server)).is_good);
    CHECK(std::ranges::count(stage.steps, "no answer: its id is another") == 2);
}

TEST_CASE("a name server that says what can't be read is bad at once", "[health]") {
    Stage stage;
    UdpServer server(stage, [&](const std::string& query) {
        server.answer(DnsBytes::answer_to(query, 0, 7).text());
    });

    CHECK(result_of(stage, check_of(server)) ==
          ProbeResult{false, "answer of " + server.name() + " can't be read: it is malformed"});
}

TEST_CASE("a name server that is silent is bad at the limit", "[health]") {
    Stage stage;
    UdpServer server(stage, [](const std::string& /*query*/) {});

    CHECK(result_of(stage, check_of(server, 1s, 100ms)) ==
          ProbeResult{false,
                      "timed out after 0.1 s while waiting for the answer of " + server.name()});
}

TEST_CASE("a dead name server is bad at once", "[health]") {
    Stage stage;
    UdpServer server(stage, [](const std::string& /*query*/) {});
    server.close();

    CHECK(result_of(stage, check_of(server)) == ProbeResult{false, "refused by " + server.name()});
}

TEST_CASE("thousands of DNS runs have ids of their own and leave no descriptors", "[health]") {
    Stage stage;
    std::set<std::string> ids;
    UdpServer server(stage, [&](const std::string& query) {
        ids.insert(query.substr(0, 2));
        server.answer(answer_to(query));
    });
    std::ptrdiff_t before = 0;
    std::ptrdiff_t after = 0;

    stage.start(check_of(server, 1ms, 1s), [&] {
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
    // Of so many of 65,536 about 70 meet by chance.
    CHECK(ids.size() > 2800);
}
