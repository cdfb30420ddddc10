#pragma once

#include "config/report.hpp"
#include "net/route.hpp"

#include <expected>
#include <span>
#include <string>

namespace config {

/// Why words are no route or rule, and which of them.
struct RouteError {
    std::size_t word = 0;  ///< its number, from 0 on; the count of the words where one is missing
    Complaint complaint;
};

/// A route as ip(8) and keepalived write it: [TYPE] [to] NETWORK [via ADDRESS] [dev INTERFACE]
/// [src ADDRESS] [metric NUMBER] [table TABLE] and more. There is at least one word.
[[nodiscard]] std::expected<net::Route, RouteError> to_route(std::span<const std::string> words);

/// A rule in the same way: [not] [from NETWORK] [to NETWORK] [fwmark MARK] … table TABLE.
/// `usual_priority` is what it has where it says none.
[[nodiscard]] std::expected<net::RouteRule, RouteError> to_route_rule(
    std::span<const std::string> words, std::uint32_t usual_priority);

}  // namespace config
