#include "config/values.hpp"

#include "config/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace config {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_name_size = 64;
constexpr std::size_t max_interface_size = 15;  // IFNAMSIZ without the zero at its end

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

bool is_name_letter(char letter) {
    return is_digit(letter) || (letter >= 'a' && letter <= 'z') ||
           (letter >= 'A' && letter <= 'Z') || letter == '_' || letter == '.' || letter == '-';
}

std::unexpected<Complaint> complain(std::string message, std::string advice = {}) {
    return std::unexpected(Complaint{std::move(message), std::move(advice)});
}

std::int64_t unit_in_microseconds(std::string_view unit) {
    if (unit == "ms") {
        return 1'000;
    }
    if (unit == "s") {
        return 1'000'000;
    }
    if (unit == "m") {
        return 60'000'000;
    }
    return unit == "h" ? 3'600'000'000 : 0;
}

}  // namespace

std::optional<std::int64_t> to_scaled(std::string_view text, std::size_t decimals) {
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction =
        point == std::string_view::npos ? "0" : text.substr(point + 1);
    const bool is_number = !whole.empty() && whole.size() <= 6 && !fraction.empty() &&
                           fraction.size() <= decimals && std::ranges::all_of(whole, is_digit) &&
                           std::ranges::all_of(fraction, is_digit);
    if (!is_number) {
        return std::nullopt;
    }
    std::string digits(whole);
    digits += fraction;
    digits.append(decimals - fraction.size(), '0');
    return std::stoll(digits);
}

std::optional<int> to_whole_number(std::string_view text) {
    int number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    const bool is_number = !text.empty() && is_digit(text.front());
    return is_number && stop == end && error == std::errc{} ? std::optional(number) : std::nullopt;
}

Complaint out_of_range(std::string_view what, std::string_view found, const Range& range) {
    return {fmt::format("{} is {}, expected a whole number from {} to {}", what, found, range.first,
                        range.last),
            ""};
}

Checked<std::string> to_name(std::string_view what, std::string_view text) {
    if (text.empty()) {
        return complain(fmt::format("{} is empty", what));
    }
    if (text.size() > max_name_size) {
        return complain(fmt::format("{} {} is longer than {} characters", what, in_quotes(text),
                                    max_name_size));
    }
    if (!std::ranges::all_of(text, is_name_letter)) {
        return complain(fmt::format("{} {} is not made of letters, digits, '_', '.' and '-' alone",
                                    what, in_quotes(text)));
    }
    return std::string(text);
}

Checked<std::string> to_interface(std::string_view text) {
    if (text.empty()) {
        return complain("interface is empty", "\"ip link\" shows the interfaces of a host");
    }
    if (text.size() > max_interface_size) {
        return complain(
            fmt::format("interface {} is longer than the {} characters that Linux allows",
                        in_quotes(text), max_interface_size));
    }
    // What dev_valid_name() of the kernel refuses.
    const bool is_name = std::ranges::none_of(text, [](char letter) {
        return letter == '/' || letter == ':' || static_cast<unsigned char>(letter) <= ' ';
    });
    if (!is_name || text == "." || text == "..") {
        return complain(fmt::format("interface {} is not a name that a Linux interface can have",
                                    in_quotes(text)),
                        "\"ip link\" shows the interfaces of a host");
    }
    return std::string(text);
}

Checked<vrrp::Duration> to_duration(std::string_view what, std::string_view text) {
    const auto unit = std::ranges::find_if_not(
        text, [](char letter) { return is_digit(letter) || letter == '.'; });
    const auto size = static_cast<std::size_t>(unit - text.begin());
    const auto amount = to_scaled(text.substr(0, size), 3);
    const std::int64_t microseconds = unit_in_microseconds(text.substr(size));
    if (!amount || microseconds == 0) {
        return complain(fmt::format("{} is {}, expected a duration with a unit: ms, s, m or h",
                                    what, in_quotes(text)),
                        "write it as \"1s\", \"1.5s\" or \"100ms\"");
    }
    return std::chrono::microseconds(*amount * (microseconds / 1000));
}

Checked<vrrp::Centiseconds> to_interval(std::string_view what, vrrp::Duration duration,
                                        vrrp::Version version) {
    const bool is_v2 = version == vrrp::Version::v2;
    const vrrp::Duration step = is_v2 ? vrrp::Duration(1s) : vrrp::Duration(10ms);
    const vrrp::Duration longest = is_v2 ? vrrp::Duration(255s) : vrrp::Duration(40'950ms);
    if (duration % step == vrrp::Duration::zero() && duration >= step && duration <= longest) {
        return std::chrono::duration_cast<vrrp::Centiseconds>(duration);
    }
    if (is_v2) {
        return complain(
            fmt::format("{} is out of range: version 2 of VRRP counts whole seconds, 1s to 255s",
                        what),
            to_interval(what, duration, vrrp::Version::v3)
                ? "version 3 of VRRP counts hundredths of a second"
                : "");
    }
    return complain(fmt::format(
        "{} is out of range: version 3 of VRRP counts in steps of 10ms, 10ms to 40.95s", what));
}

Checked<vrrp::Password> to_password(std::string_view what, std::string_view text) {
    if (text.empty()) {
        return complain(fmt::format("{} is empty", what), "leave it out for routers without one");
    }
    if (text.find('\0') != std::string_view::npos) {
        return complain(fmt::format("{} contains a zero byte", what));
    }
    vrrp::Password password{};
    const std::string_view used = text.substr(0, password.size());
    std::ranges::transform(used, password.begin(),
                           [](char letter) { return static_cast<std::byte>(letter); });
    return password;
}

}  // namespace config
