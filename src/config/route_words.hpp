#pragma once

#include "config/route_text.hpp"
#include "vrrp/address.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace config {

/// The words of a route or rule, one after the other. The first thing that is wrong stays; what is
/// asked for after it is nothing.
class RouteWords {
public:
    explicit RouteWords(std::span<const std::string> words) : words_(words) {}

    [[nodiscard]] bool is_done() const { return error_ || next_ >= words_.size(); }
    [[nodiscard]] const std::optional<RouteError>& error() const { return error_; }
    [[nodiscard]] const std::string& peek() const { return words_[next_]; }

    /// Takes the next word, if it is this one.
    bool take(std::string_view word);
    /// Takes the next word, whatever it is; empty after an error.
    std::string take_any(std::string_view what);

    /// Says that the last word taken is wrong.
    void fail(std::string message, std::string advice = {});
    /// The same of a word to come.
    void fail_next(std::string message, std::string advice = {});

    /// A whole number of the range, also as 0x…
    std::uint32_t take_number(std::string_view what, std::uint32_t first, std::uint32_t last);
    std::optional<vrrp::IpAddress> take_address(std::string_view what);
    /// An address with a prefix, whose other bits are zero; "default", "all" and "any" are of
    /// `family`, and 0.0.0.0/0 where nothing says otherwise.
    std::optional<vrrp::VirtualAddress> take_network(std::optional<vrrp::Family> family);
    std::string take_interface();
    /// main, local, default, a number, or a name of /etc/iproute2/rt_tables.
    std::uint32_t take_table();

private:
    std::span<const std::string> words_;
    std::size_t next_ = 0;
    std::optional<RouteError> error_;
};

}  // namespace config
