#include "vrrp/address.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <vector>

namespace vrrp {

namespace {

/// One number of the dotted form; nullopt where it isn't 0 to 255 without leading zeros.
std::optional<std::uint8_t> parse_octet(std::string_view text) {
    unsigned value = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, value);
    const bool has_leading_zero = text.size() > 1 && text.front() == '0';
    if (error != std::errc{} || end != last || value > 255 || has_leading_zero) {
        return std::nullopt;
    }
    return static_cast<std::uint8_t>(value);
}

std::optional<std::array<std::uint8_t, 4>> parse_dotted(std::string_view text) {
    std::array<std::uint8_t, 4> octets{};
    for (std::size_t i = 0; i < octets.size(); ++i) {
        const auto dot = i + 1 < octets.size() ? text.find('.') : text.size();
        if (dot == std::string_view::npos) {
            return std::nullopt;
        }
        const auto octet = parse_octet(text.substr(0, dot));
        if (!octet) {
            return std::nullopt;
        }
        octets[i] = *octet;
        text.remove_prefix(std::min(dot + 1, text.size()));
    }
    return octets;
}

/// One group of the colon form: one to four hexadecimal digits.
std::optional<std::uint16_t> parse_group(std::string_view text) {
    std::uint16_t value = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, value, 16);
    if (error != std::errc{} || end != last || text.size() > 4) {
        return std::nullopt;
    }
    return value;
}

/// The groups on one side of "::", the last two of them perhaps in dotted form; nullopt where there
/// are more than eight or one makes no sense.
std::optional<std::vector<std::uint16_t>> parse_side(std::string_view text) {
    std::vector<std::uint16_t> groups;
    while (!text.empty()) {
        const auto colon = text.find(':');
        const std::string_view word = text.substr(0, colon);
        if (colon == std::string_view::npos && word.find('.') != std::string_view::npos) {
            const auto octets = parse_dotted(word);
            if (!octets) {
                return std::nullopt;
            }
            groups.push_back(static_cast<std::uint16_t>((*octets)[0] << 8 | (*octets)[1]));
            groups.push_back(static_cast<std::uint16_t>((*octets)[2] << 8 | (*octets)[3]));
            break;
        }
        const auto group = parse_group(word);
        const bool ends_with_colon = colon != std::string_view::npos && colon + 1 == text.size();
        if (!group || groups.size() == 8 || ends_with_colon) {
            return std::nullopt;
        }
        groups.push_back(*group);
        text.remove_prefix(colon == std::string_view::npos ? text.size() : colon + 1);
    }
    return groups;
}

/// RFC 4291 section 2.2.
std::optional<IpAddress> parse_groups(std::string_view text) {
    const auto gap = text.find("::");
    const auto front = parse_side(text.substr(0, gap));
    const auto back = parse_side(gap == std::string_view::npos ? "" : text.substr(gap + 2));
    const bool is_front_dotted =
        gap != std::string_view::npos && text.substr(0, gap).find('.') != std::string_view::npos;
    if (!front || !back || is_front_dotted) {
        return std::nullopt;
    }
    const std::size_t count = front->size() + back->size();
    if (gap == std::string_view::npos ? count != 8 : count > 7) {
        return std::nullopt;
    }
    std::array<std::uint16_t, 8> groups{};
    std::ranges::copy(*front, groups.begin());
    std::ranges::copy_backward(*back, groups.end());
    return IpAddress(groups);
}

/// RFC 5952: the longest run of at least two zero groups, the first of equal ones, becomes "::".
std::string print_groups(const std::array<std::uint8_t, 16>& bytes) {
    const auto group = [&bytes](std::size_t i) { return bytes[2 * i] << 8 | bytes[2 * i + 1]; };
    std::size_t gap_start = 8;
    std::size_t gap_size = 1;
    for (std::size_t start = 0; start < 8; ++start) {
        std::size_t size = 0;
        while (start + size < 8 && group(start + size) == 0) {
            ++size;
        }
        if (size > gap_size) {
            gap_start = start;
            gap_size = size;
        }
    }
    std::string text;
    for (std::size_t i = 0; i < 8; ++i) {
        if (i == gap_start) {
            text += "::";
            i += gap_size - 1;
            continue;
        }
        std::array<char, 4> digits{};
        const auto end =
            std::to_chars(digits.data(), digits.data() + digits.size(), group(i), 16).ptr;
        const bool needs_colon = !text.empty() && !text.ends_with(':');
        text.append(needs_colon ? ":" : "").append(digits.data(), end);
    }
    return text;
}

}  // namespace

IpAddress IpAddress::from_bytes(Family family, std::span<const std::byte> bytes) {
    assert(bytes.size() >= address_size(family));
    IpAddress address;
    address.family_ = family;
    for (std::size_t i = 0; i < address_size(family); ++i) {
        address.bytes_[i] = std::to_integer<std::uint8_t>(bytes[i]);
    }
    return address;
}

std::optional<IpAddress> IpAddress::from_text(std::string_view text) {
    if (text.find(':') == std::string_view::npos) {
        const auto octets = parse_dotted(text);
        return octets ? std::optional(from_bytes(Family::ipv4, std::as_bytes(std::span(*octets))))
                      : std::nullopt;
    }
    return parse_groups(text);
}

std::span<const std::byte> IpAddress::bytes() const {
    return std::as_bytes(std::span(bytes_)).first(address_size(family_));
}

std::string IpAddress::to_text() const {
    if (family_ == Family::ipv6) {
        return print_groups(bytes_);
    }
    std::string text = std::to_string(bytes_[0]);
    for (std::size_t i = 1; i < 4; ++i) {
        text += '.' + std::to_string(bytes_[i]);
    }
    return text;
}

VirtualAddress network_of(const VirtualAddress& address) {
    std::array<std::byte, 16> bytes{};
    std::ranges::copy(address.address.bytes(), bytes.begin());
    const std::size_t whole = address.prefix_length / 8;
    if (whole < bytes.size()) {
        bytes[whole] &= static_cast<std::byte>(0xff00U >> (address.prefix_length % 8));
        std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(whole) + 1, bytes.end(),
                  std::byte{0});
    }
    return {IpAddress::from_bytes(address.address.family(), bytes), address.prefix_length};
}

std::string to_text(const VirtualAddress& address) {
    return address.address.to_text() + '/' + std::to_string(address.prefix_length);
}

}  // namespace vrrp
