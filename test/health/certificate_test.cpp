#include "health/certificate.hpp"

#include <chrono>

#include "catch2.hpp"

using health::Certificate;
using health::parse_certificate_time;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::sys_seconds end =
    std::chrono::sys_days(std::chrono::year(2026) / 12 / 1) + 10h;
constexpr vrrp::Duration two_weeks = 14 * 24h;

const Certificate certificate{.subject = "CN = x", .issuer = "CN = y", .end = end};

}  // namespace

TEST_CASE("a certificate's end is read", "[health]") {
    CHECK(parse_certificate_time("Dec  1 10:00:00 2026 GMT") == end);
    CHECK(parse_certificate_time("2026-12-01 10:00:00 GMT") == end);
    CHECK_FALSE(parse_certificate_time("Dec 1 10:00:00 2026 CET"));
    CHECK_FALSE(parse_certificate_time("Feb 31 10:00:00 2026 GMT"));
    CHECK_FALSE(parse_certificate_time("soon"));
}

TEST_CASE("a certificate warns before its end", "[health]") {
    CHECK(health::warn_of_end(certificate, two_weeks, end - two_weeks - 1s).empty());
    CHECK(health::warn_of_end(certificate, two_weeks, end - two_weeks) ==
          "the certificate ends in 14 days, on 2026-12-01");
    CHECK(health::warn_of_end(certificate, two_weeks, end - 25h) ==
          "the certificate ends in 1 day, on 2026-12-01");
    CHECK(health::warn_of_end(certificate, two_weeks, end - 1s) ==
          "the certificate ends in less than a day, on 2026-12-01");
    CHECK(health::warn_of_end(certificate, two_weeks, end + 49h) ==
          "the certificate ended 2 days ago, on 2026-12-01");
    CHECK(health::warn_of_end(certificate, vrrp::Duration(0), end).empty());
    CHECK(health::warn_of_end({}, two_weeks, end).empty());
}

TEST_CASE("a certificate may end when the clock's nanoseconds have ended", "[health]") {
    const auto far = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31);
    const Certificate lasting{.subject = "CN = x", .issuer = "CN = y", .end = far};
    CHECK(health::warn_of_end(lasting, two_weeks, end).empty());
    CHECK(health::describe(lasting, end).ends_with(" days, on 9999-12-31"));
    CHECK(health::describe(lasting, end).find(", ends in ") != std::string::npos);
}

TEST_CASE("a certificate is described with its end", "[health]") {
    CHECK(health::describe(certificate, end - 50h) ==
          "certificate of CN = x by CN = y, ends in 2 days, on 2026-12-01");
}
