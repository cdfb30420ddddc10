#include "config/address_values.hpp"

#include "auth/trailer.hpp"
#include "config/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace config {

namespace {

constexpr std::size_t usual_mtu = 1500;
constexpr std::size_t ipv6_header_size = 40;
constexpr std::size_t advertisement_header_size = 8;

constexpr std::string_view is_loopback = "is a loopback address";

std::unexpected<Complaint> complain(std::string message, std::string advice = {}) {
    return std::unexpected(Complaint{std::move(message), std::move(advice)});
}

std::uint32_t to_number(const vrrp::IpAddress& address) {
    std::uint32_t number = 0;
    for (const std::byte byte : address.bytes()) {
        number = (number << 8U) | std::to_integer<std::uint32_t>(byte);
    }
    return number;
}

/// What keeps a host from having this IPv4 address; empty where nothing does.
std::string_view why_no_ipv4_host(std::uint32_t address) {
    const std::uint32_t first = address >> 24U;
    if (first == 0) {
        return "means \"this network\"";
    }
    if (first == 127) {
        return is_loopback;
    }
    if (first >= 224 && first <= 239) {
        return "is a multicast address";
    }
    return first >= 240 ? "is reserved" : "";
}

/// The same for IPv6: RFC 4291 sections 2.5.2, 2.5.3, 2.5.5.2 and 2.7.
std::string_view why_no_ipv6_host(const vrrp::IpAddress& address) {
    constexpr vrrp::IpAddress unspecified(std::array<std::uint16_t, 8>{});
    constexpr vrrp::IpAddress loopback({0, 0, 0, 0, 0, 0, 0, 1});
    constexpr vrrp::IpAddress mapped({0, 0, 0, 0, 0, 0xffff, 0, 0});
    if (address == unspecified) {
        return "means \"no address\"";
    }
    if (address == loopback) {
        return is_loopback;
    }
    if (address.is_multicast()) {
        return "is a multicast address";
    }
    const bool is_mapped = std::ranges::equal(address.bytes().first(12), mapped.bytes().first(12));
    return is_mapped ? "is an IPv4 address in the form of IPv6" : "";
}

std::string_view why_no_host(const vrrp::IpAddress& address) {
    return address.family() == vrrp::Family::ipv4 ? why_no_ipv4_host(to_number(address))
                                                  : why_no_ipv6_host(address);
}

/// The same for its place in its network. RFC 3021: a /31 has neither network nor broadcast
/// address.
std::string_view why_not_in_ipv4_network(std::uint32_t address, int prefix_length) {
    if (prefix_length >= 31) {
        return {};
    }
    const std::uint32_t host_bits = 0xFFFFFFFFU >> static_cast<unsigned>(prefix_length);
    if ((address & host_bits) == 0) {
        return "is the address of its network";
    }
    return (address & host_bits) == host_bits ? "is the broadcast address of its network" : "";
}

/// RFC 4291 section 2.6.1 gives the first address to all routers; RFC 6164: but not in a /127.
std::string_view why_not_in_ipv6_network(const vrrp::IpAddress& address, int prefix_length) {
    if (prefix_length >= 127) {
        return {};
    }
    const auto bytes = address.bytes();
    const auto whole = static_cast<std::size_t>(prefix_length) / 8;
    const auto host_bits = static_cast<std::byte>(0xFFU >> (prefix_length % 8));
    const bool is_first = (bytes[whole] & host_bits) == std::byte{0} &&
                          std::ranges::all_of(bytes.subspan(whole + 1),
                                              [](std::byte byte) { return byte == std::byte{0}; });
    return is_first ? "is the address of its network" : "";
}

Complaint no_address(std::string_view text) {
    const std::size_t percent = text.find('%');
    const bool is_ipv6 = text.find(':') != std::string_view::npos;
    if (is_ipv6 && percent != std::string_view::npos) {
        return {fmt::format("{} is an IPv6 address with a zone", in_quotes(text)),
                fmt::format("write {}: the router's interface is the zone",
                            in_quotes(text.substr(0, percent)))};
    }
    const std::size_t colon = text.find(':');
    if (colon == text.rfind(':') && text.find('.') < colon && colon != std::string_view::npos) {
        return {
            fmt::format("{} is an address with a port", in_quotes(text)),
            fmt::format("write {}: a port has a key of its own", in_quotes(text.substr(0, colon)))};
    }
    return {fmt::format("{} is not an {} address", in_quotes(text), is_ipv6 ? "IPv6" : "IP"), ""};
}

Checked<vrrp::IpAddress> to_address(std::string_view text) {
    const auto address = vrrp::IpAddress::from_text(text);
    if (!address) {
        return std::unexpected(no_address(text));
    }
    return *address;
}

/// How an address with its prefix is written, for those who wrote another thing.
std::string_view example(std::string_view text) {
    return text.find(':') == std::string_view::npos ? "\"192.0.2.1/24\"" : "\"2001:db8::1/64\"";
}

}  // namespace

std::size_t max_addresses_of(vrrp::Family family, bool is_signed) {
    if (family == vrrp::Family::ipv4) {
        return max_addresses;  // 20 + 8 + 255 * 4 bytes, and what signs them, are fewer than 1500
    }
    const std::size_t room = usual_mtu - ipv6_header_size - advertisement_header_size -
                             (is_signed ? auth::trailer_size : 0);
    return room / vrrp::address_size(family);
}

std::string_view family_text(vrrp::Family family) {
    return family == vrrp::Family::ipv4 ? "IPv4" : "IPv6";
}

Checked<vrrp::VirtualAddress> to_virtual_address(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = to_address(text.substr(0, slash));
    if (!address) {
        const bool has_zone = !address.error().advice.empty();
        return has_zone ? std::unexpected(address.error())
                        : complain(no_address(text).message,
                                   fmt::format("write it as {}", example(text)));
    }
    const int longest = address->family() == vrrp::Family::ipv4 ? 32 : 128;
    const auto prefix_length = slash == std::string_view::npos
                                   ? std::optional(longest)
                                   : to_whole_number(text.substr(slash + 1));
    if (!prefix_length || *prefix_length < 1 || *prefix_length > longest) {
        return complain(
            fmt::format("{} has no prefix length from 1 to {}", in_quotes(text), longest),
            fmt::format("write it as {}, with the prefix length of the interface", example(text)));
    }
    std::string_view why = why_no_host(*address);
    if (why.empty()) {
        why = address->family() == vrrp::Family::ipv4
                  ? why_not_in_ipv4_network(to_number(*address), *prefix_length)
                  : why_not_in_ipv6_network(*address, *prefix_length);
    }
    if (!why.empty()) {
        return complain(fmt::format("{} {}, which no host can have", in_quotes(text), why));
    }
    return vrrp::VirtualAddress{*address, static_cast<std::uint8_t>(*prefix_length)};
}

namespace {

/// `is_loopback_good`: see to_server_address().
Checked<vrrp::IpAddress> to_plain_address(std::string_view what, std::string_view text,
                                          bool is_loopback_good) {
    if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
        return complain(fmt::format("{} {} has a prefix length", what, in_quotes(text)),
                        fmt::format("write {}", in_quotes(text.substr(0, slash))));
    }
    const auto address = to_address(text);
    if (!address) {
        return complain(fmt::format("{} {}", what, address.error().message),
                        address.error().advice);
    }
    const std::string_view why = why_no_host(*address);
    if (!why.empty() && !(is_loopback_good && why == is_loopback)) {
        return complain(
            fmt::format("{} {} {}, which no host can have", what, in_quotes(text), why));
    }
    return *address;
}

}  // namespace

Checked<vrrp::IpAddress> to_host_address(std::string_view what, std::string_view text) {
    return to_plain_address(what, text, false);
}

Checked<vrrp::IpAddress> to_server_address(std::string_view what, std::string_view text) {
    return to_plain_address(what, text, true);
}

}  // namespace config
