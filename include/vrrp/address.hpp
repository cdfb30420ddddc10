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
/// numbers, which is the order that RFC 9568 section 6.4.3 asks for between equal priorities.
class IpAddress {
public:
    /// 0.0.0.0
    constexpr IpAddress() = default;

    /// An IPv4 address from its four numbers, as in IpAddress(192, 0, 2, 1).
    constexpr IpAddress(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d)
        : bytes_{a, b, c, d} {}

    /// An IPv6 address from its eight groups, as in IpAddress({0xff02, 0, 0, 0, 0, 0, 0, 0x12}).
    explicit constexpr IpAddress(const std::array<std::uint16_t, 8>& groups)
        : family_(Family::ipv6) {
        for (std::size_t i = 0; i < groups.size(); ++i) {
            bytes_[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
            bytes_[2 * i + 1] = static_cast<std::uint8_t>(groups[i] & 0xff);
        }
    }

    /// Reads an address from address_size(family) bytes; more bytes are ignored, fewer asserted.
    [[nodiscard]] static IpAddress from_bytes(Family family, std::span<const std::byte> bytes);

    /// Parses the dotted form of an IPv4 address (four decimal numbers without leading zeros), or
    /// any form of an IPv6 address that RFC 4291 section 2.2 allows, without a zone.
    [[nodiscard]] static std::optional<IpAddress> from_text(std::string_view text);

    [[nodiscard]] constexpr Family family() const { return family_; }

    /// 224.0.0.0/4 and ff00::/8.
    [[nodiscard]] constexpr bool is_multicast() const {
        return family_ == Family::ipv4 ? bytes_[0] >> 4 == 0xe : bytes_[0] == 0xff;
    }

    /// 169.254.0.0/16 and fe80::/10.
    [[nodiscard]] constexpr bool is_link_local() const {
        return family_ == Family::ipv4 ? bytes_[0] == 169 && bytes_[1] == 254
                                       : bytes_[0] == 0xfe && (bytes_[1] & 0xc0) == 0x80;
    }

    /// address_size(family()) bytes in network order; valid as long as the address.
    [[nodiscard]] std::span<const std::byte> bytes() const;

    /// "192.0.2.1"; IPv6 in the one form of RFC 5952, "2001:db8::1".
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

/// The network that an address with its prefix is in: the same without the bits behind the prefix.
[[nodiscard]] VirtualAddress network_of(const VirtualAddress& address);

/// "192.0.2.1/24", "2001:db8::1/64"
[[nodiscard]] std::string to_text(const VirtualAddress& address);

}  // namespace vrrp
