#include "health/certificate.hpp"

#include <fmt/format.h>

#include <array>
#include <ctime>

namespace health {

namespace {

std::string count_of_days(std::chrono::days days) {
    return days.count() == 1 ? "1 day" : fmt::format("{} days", days.count());
}

std::string date_of(std::chrono::sys_seconds instant) {
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(instant));
    return fmt::format("{:04}-{:02}-{:02}", int(date.year()), unsigned(date.month()),
                       unsigned(date.day()));
}

/// "ends in 5 days, on 2026-12-01"
std::string describe_end(std::chrono::sys_seconds end, std::chrono::system_clock::time_point now) {
    using std::chrono::days;
    // The clock's own nanoseconds end in 2262.
    const auto here = std::chrono::floor<std::chrono::seconds>(now);
    if (end <= here) {
        const auto past = std::chrono::duration_cast<days>(here - end);
        return fmt::format("ended {} ago, on {}",
                           past < days(1) ? "less than a day" : count_of_days(past), date_of(end));
    }
    const auto left = std::chrono::duration_cast<days>(end - here);
    return fmt::format("ends in {}, on {}",
                       left < days(1) ? "less than a day" : count_of_days(left), date_of(end));
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_certificate_time(std::string_view text) {
    const std::string copy(text);
    for (const char* const format : {"%b %d %H:%M:%S %Y", "%Y-%m-%d %H:%M:%S"}) {
        std::tm parts{};
        const char* const rest = strptime(copy.c_str(), format, &parts);
        if (rest == nullptr || (*rest != '\0' && std::string_view(rest) != " GMT")) {
            continue;
        }
        const std::chrono::year_month_day date(
            std::chrono::year(parts.tm_year + 1900),
            std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
            std::chrono::day(static_cast<unsigned>(parts.tm_mday)));
        if (!date.ok()) {
            return std::nullopt;
        }
        return std::chrono::sys_days(date) + std::chrono::hours(parts.tm_hour) +
               std::chrono::minutes(parts.tm_min) + std::chrono::seconds(parts.tm_sec);
    }
    return std::nullopt;
}

std::string warn_of_end(const Certificate& certificate, vrrp::Duration before,
                        std::chrono::system_clock::time_point now) {
    const auto latest = std::chrono::floor<std::chrono::seconds>(now + before);
    if (before == vrrp::Duration::zero() || !certificate.end || *certificate.end > latest) {
        return "";
    }
    return "the certificate " + describe_end(*certificate.end, now);
}

std::string describe(const Certificate& certificate, std::chrono::system_clock::time_point now) {
    return fmt::format("certificate of {} by {}, {}", certificate.subject, certificate.issuer,
                       certificate.end ? describe_end(*certificate.end, now) : "of unknown end");
}

}  // namespace health
