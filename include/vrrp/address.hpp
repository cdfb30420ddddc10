#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vrrp {

enum class Family : std::uint8_t { ipv4, ipv6 };

/// The size of an address on the wire in bytes: 4 or 16.
[[nodiscard]] constexpr std::size_t address_size(Family family) {
    return family == Family::ipv4 ? 4 : 16;
}

/// An IPv4 or IPv6 address in network byte order. Addresses of one family compare as unsigned
/// numbers, which is the order that RFC 3768 section 6.4.3 asks for between equal priorities.
class IpAddress {
public:
    /// 0.0.0.0
    constexpr IpAddress() = default;

    /// An IPv4 address from its four numbers, as in IpAddress(192, 0, 2, 1).
    constexpr IpAddress(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d)
        : bytes_{a, b, c, d} {}

    /// Reads an address from address_size(family) bytes; more bytes are ignored, fewer asserted.
    [[nodiscard]] static IpAddress from_bytes(Family family, std::span<const std::byte> bytes);

    /// Parses the dotted form of an IPv4 address: four decimal numbers without leading zeros.
    [[nodiscard]] static std::optional<IpAddress> from_text(std::string_view text);

    [[nodiscard]] constexpr Family family() const { return family_; }

    /// address_size(family()) bytes in network order; valid as long as the address.
    [[nodiscard]] std::span<const std::byte> bytes() const;

    [[nodiscard]] std::string to_text() const;

    friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;

private:
    Family family_ = Family::ipv4;
    std::array<std::uint8_t, 16> bytes_{};
};

/// A service address as it is put on a link.
struct VirtualAddress {
    IpAddress address;
    std::uint8_t prefix_length = 32;  ///< 0 to 32, for IPv6 to 128

    friend bool operator==(const VirtualAddress&, const VirtualAddress&) = default;
};

/// "192.0.2.1/24"
[[nodiscard]] std::string to_text(const VirtualAddress& address);

}  // namespace vrrp
