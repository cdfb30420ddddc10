#include "config/route_words.hpp"

#include "config/address_values.hpp"
#include "config/file_content.hpp"
#include "config/text.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <sstream>
#include <utility>

namespace config {

namespace {

std::optional<std::uint32_t> to_number(std::string_view text) {
    const int base = text.starts_with("0x") ? 16 : 10;
    const std::string_view digits = base == 16 ? text.substr(2) : text;
    std::uint32_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, number, base);
    return !digits.empty() && stop == end && error == std::errc{} ? std::optional(number)
                                                                  : std::nullopt;
}

/// The number that a file of iproute2 gives a name: lines "100 vpn", and comments.
std::optional<std::uint32_t> number_of_name(const std::string& path, const std::string& name) {
    constexpr std::size_t longest = 64UL * 1024UL;
    const auto content = load_content(path, longest);
    std::istringstream lines(content ? content->text : "");
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line.substr(0, line.find('#')));
        std::string number;
        std::string named;
        if (words >> number >> named && named == name) {
            return to_number(number);
        }
    }
    return std::nullopt;
}

vrrp::VirtualAddress all_of(vrrp::Family family) {
    const std::array<std::byte, 16> zeros{};
    return {vrrp::IpAddress::from_bytes(family, zeros), 0};
}

}  // namespace

bool RouteWords::take(std::string_view word) {
    if (is_done() || words_[next_] != word) {
        return false;
    }
    ++next_;
    return true;
}

std::string RouteWords::take_any(std::string_view what) {
    if (error_) {
        return {};
    }
    if (next_ >= words_.size()) {
        error_ = RouteError{next_, {fmt::format("{} is missing at the end", what), ""}};
        return {};
    }
    return words_[next_++];
}

void RouteWords::fail(std::string message, std::string advice) {
    if (!error_) {
        error_ = RouteError{next_ > 0 ? next_ - 1 : 0, {std::move(message), std::move(advice)}};
    }
}

void RouteWords::fail_next(std::string message, std::string advice) {
    if (!error_) {
        error_ = RouteError{next_, {std::move(message), std::move(advice)}};
    }
}

std::uint32_t RouteWords::take_number(std::string_view what, std::uint32_t first,
                                      std::uint32_t last) {
    const std::string text = take_any(what);
    const auto number = to_number(text);
    if (!error_ && (!number || *number < first || *number > last)) {
        fail(fmt::format("{} is {}, expected a number from {} to {}", what, in_quotes(text), first,
                         last));
    }
    return error_ ? first : *number;
}

std::optional<vrrp::IpAddress> RouteWords::take_address(std::string_view what) {
    const std::string text = take_any(what);
    if (error_) {
        return std::nullopt;
    }
    const auto address = to_host_address(what, text);
    if (!address) {
        fail(address.error().message, address.error().advice);
        return std::nullopt;
    }
    return *address;
}

std::optional<vrrp::VirtualAddress> RouteWords::take_network(std::optional<vrrp::Family> family) {
    const std::string text = take_any("a network");
    if (error_) {
        return std::nullopt;
    }
    if (text == "default" || text == "all" || text == "any") {
        return all_of(family.value_or(vrrp::Family::ipv4));
    }
    const std::size_t slash = text.find('/');
    const auto address = vrrp::IpAddress::from_text(std::string_view(text).substr(0, slash));
    if (!address) {
        fail(fmt::format("{} is neither a network nor a word that is known here", in_quotes(text)),
             "a network is such as 10.0.0.0/8, 2001:db8::/32 or default");
        return std::nullopt;
    }
    const auto bits = static_cast<std::uint32_t>(8 * vrrp::address_size(address->family()));
    const auto length =
        slash == std::string::npos ? bits : to_number(std::string_view(text).substr(slash + 1));
    if (!length || *length > bits) {
        fail(fmt::format("the prefix of {} is none from 0 to {}", in_quotes(text), bits));
        return std::nullopt;
    }
    const vrrp::VirtualAddress network{*address, static_cast<std::uint8_t>(*length)};
    if (network != network_of(network)) {
        fail(fmt::format("{} is no network: bits behind its prefix are set", in_quotes(text)),
             "the kernel refuses it");
        return std::nullopt;
    }
    return network;
}

std::string RouteWords::take_interface() {
    const std::string text = take_any("an interface");
    if (error_) {
        return {};
    }
    const auto interface = to_interface(text);
    if (!interface) {
        fail(interface.error().message, interface.error().advice);
        return {};
    }
    return *interface;
}

std::uint32_t RouteWords::take_table() {
    static constexpr std::array<std::pair<std::string_view, std::uint32_t>, 3> names = {
        {{"main", 254}, {"local", 255}, {"default", 253}}};
    const std::string text = take_any("a table");
    for (const auto& [name, number] : names) {
        if (text == name) {
            return number;
        }
    }
    if (const auto number = to_number(text); number && *number > 0) {
        return *number;
    }
    for (const char* const path : {"/etc/iproute2/rt_tables", "/usr/share/iproute2/rt_tables"}) {
        if (const auto number = error_ ? std::nullopt : number_of_name(path, text)) {
            return *number;
        }
    }
    fail(fmt::format("there is no routing table {}", in_quotes(text)),
         "write its number, or give it a name in /etc/iproute2/rt_tables");
    return 0;
}

}  // namespace config
