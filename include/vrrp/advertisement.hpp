#pragma once

#include "vrrp/address.hpp"
#include "vrrp/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

namespace vrrp {

enum class Version : std::uint8_t { v2 = 2, v3 = 3 };

/// How an advertisement of version 2 proves itself: RFC 2338 section 5.3.6.
enum class AuthType : std::uint8_t { none, simple_password, authentication_header };

/// The simple password of RFC 2338: eight bytes, padded with zeros.
using Password = std::array<std::byte, 8>;

/// What the checksum of version 3 over IPv4 covers: RFC 5798 was read as the message behind a
/// pseudo-header, RFC 9568 section 5.2.8 says the message alone.
enum class ChecksumForm : std::uint8_t { pseudo_header, message };

/// The addresses of an advertisement: a view of the packet's bytes or of a router's own list,
/// valid as long as they are.
class AddressList {
public:
    AddressList() = default;
    AddressList(Family family, std::span<const std::byte> bytes) : family_(family), bytes_(bytes) {}

    [[nodiscard]] Family family() const { return family_; }
    [[nodiscard]] std::size_t size() const { return bytes_.size() / address_size(family_); }
    [[nodiscard]] IpAddress operator[](std::size_t index) const;
    [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

    /// Whether both hold the same addresses, in any order.
    [[nodiscard]] bool is_same_set(const AddressList& other) const;

private:
    Family family_ = Family::ipv4;
    std::span<const std::byte> bytes_;
};

/// One VRRP advertisement: what a master tells its backups.
struct Advertisement {
    Version version = Version::v2;
    std::uint8_t virtual_router_id = 0;  ///< 1 to 255
    std::uint8_t priority = 0;           ///< 0: the master leaves; 255: it owns the addresses
    Centiseconds interval{100};  ///< version 2: whole seconds, 1 to 255; version 3: 1 to 4095
    AuthType auth_type = AuthType::none;                       ///< version 2
    Password password{};                                       ///< zeros without a simple password
    ChecksumForm checksum_form = ChecksumForm::pseudo_header;  ///< version 3 over IPv4
    AddressList addresses;
};

/// What an IP packet says besides the VRRP message that it carries.
struct PacketContext {
    IpAddress source;
    IpAddress destination;
    std::uint8_t ttl = 0;  ///< TTL of IPv4, hop limit of IPv6
};

/// Why a packet is no advertisement, whatever the receiving router's settings are.
enum class DecodeError : std::uint8_t {
    ttl,        ///< multicast, and not 255: it came through a router (RFC 9568 section 7.1)
    truncated,  ///< shorter than its own address count says
    version,    ///< neither version that is spoken here, or version 2 over IPv6
    type,       ///< not type 1
    checksum,
    router_id,     ///< virtual router id 0
    no_addresses,  ///< version 3: address count 0
    interval,      ///< interval 0
    auth_type,     ///< none that RFC 2338 knows
};

[[nodiscard]] std::string_view to_text(DecodeError error);

/// Reads the VRRP message of an IP packet. Bytes after the message are ignored: Ethernet padding,
/// or a trailer. The address list of the result refers to `message`.
[[nodiscard]] std::expected<Advertisement, DecodeError> decode(std::span<const std::byte> message,
                                                               const PacketContext& packet);

/// How many bytes the advertisement takes as a message.
[[nodiscard]] std::size_t message_size(const Advertisement& advertisement);

/// The longest message that encode() writes: 255 IPv6 addresses.
inline constexpr std::size_t max_message_size = 8 + 255 * 16;

/// Writes the message into `buffer` (max_message_size always suffices) and returns the part used.
/// The packet's addresses go into the checksum of version 3.
[[nodiscard]] std::span<const std::byte> encode(const Advertisement& advertisement,
                                                const PacketContext& packet,
                                                std::span<std::byte> buffer);

}  // namespace vrrp
