#include "health/http_answer.hpp"

#include "catch2.hpp"

using health::HttpAnswer;
using health::HttpProbeConfig;

namespace {

std::string detail(const HttpAnswer& answer, const HttpProbeConfig& config) {
    const auto expression = health::Expression::compile(config.body_matches);
    REQUIRE(expression);
    const auto result = judge(answer, config, &*expression);
    return (result.is_good ? "good: " : "bad: ") + result.detail;
}

}  // namespace

TEST_CASE("an answer is judged by its status", "[health]") {
    HttpProbeConfig config;
    CHECK(detail({.status = 200}, config) == "good: status 200");
    CHECK(detail({.status = 299}, config) == "good: status 299");
    CHECK(detail({.status = 300}, config) == "bad: status 300, expected 200 to 299");
    config.statuses = {{401, 401}, {403, 404}};
    CHECK(detail({.status = 401}, config) == "good: status 401");
    CHECK(detail({.status = 402}, config) == "bad: status 402, expected 401 or 403 to 404");
}

TEST_CASE("an answer is judged by its body and its version", "[health]") {
    HttpProbeConfig config{.body_contains = "ok", .body_matches = "^o"};
    CHECK(detail({.status = 200, .body = "ok"}, config) == "good: status 200");
    CHECK(detail({.status = 200, .body = "no"}, config) ==
          R"(bad: status 200, but the body has no "ok")");
    CHECK(detail({.status = 200, .body = "no", .is_cut = true}, config) ==
          R"(bad: status 200, but the first 2 bytes of the body has no "ok")");
    CHECK(detail({.status = 200, .body = "it's ok"}, config) ==
          "bad: status 200, but the body does not match ^o");
    CHECK(detail({.status = 200, .body = std::string(16384, '\n') + "ok"}, config) ==
          "bad: status 200, but the first 16384 bytes of the body does not match ^o");
    config.uses_http2 = true;
    CHECK(detail({.status = 200, .body = "ok"}, config) == "bad: status 200, but not in HTTP/2");
    CHECK(detail({.status = 200, .is_http2 = true, .body = "ok"}, config) == "good: status 200");
}
