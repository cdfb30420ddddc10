#pragma once

#include "vrrp/time.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace health {

/// What a server's certificate says of itself.
struct Certificate {
    std::string subject;
    std::string issuer;
    std::optional<std::chrono::sys_seconds> end;

    friend bool operator==(const Certificate&, const Certificate&) = default;
};

/// The wall clock's reading in "Dec  1 10:00:00 2026 GMT", or "2026-12-01 10:00:00 GMT".
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_certificate_time(std::string_view text);

/// What is to be said of a certificate that ends within `before` from now on, or has ended: "the
/// certificate ends in 5 days, on 2026-12-01". Empty: nothing.
[[nodiscard]] std::string warn_of_end(const Certificate& certificate, vrrp::Duration before,
                                      std::chrono::system_clock::time_point now);

/// "certificate of CN = x by CN = y, ends in 5 days, on 2026-12-01"
[[nodiscard]] std::string describe(const Certificate& certificate,
                                   std::chrono::system_clock::time_point now);

}  // namespace health
