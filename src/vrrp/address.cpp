#include "vrrp/address.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

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
    IpAddress address;
    for (std::size_t i = 0; i < 4; ++i) {
        const auto dot = i < 3 ? text.find('.') : text.size();
        if (dot == std::string_view::npos) {
            return std::nullopt;
        }
        const auto octet = parse_octet(text.substr(0, dot));
        if (!octet) {
            return std::nullopt;
        }
        address.bytes_[i] = *octet;
        text.remove_prefix(std::min(dot + 1, text.size()));
    }
    return address;
}

std::span<const std::byte> IpAddress::bytes() const {
    return std::as_bytes(std::span(bytes_)).first(address_size(family_));
}

std::string IpAddress::to_text() const {
    assert(family_ == Family::ipv4);
    std::string text = std::to_string(bytes_[0]);
    for (std::size_t i = 1; i < 4; ++i) {
        text += '.' + std::to_string(bytes_[i]);
    }
    return text;
}

std::string to_text(const VirtualAddress& address) {
    return address.address.to_text() + '/' + std::to_string(address.prefix_length);
}

}  // namespace vrrp
