#pragma once

#include "vrrp/address.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace vrrp {

/// The sum of the 16-bit words of which the internet checksum is made (RFC 1071), its carries not
/// yet added; a last odd byte counts as if a zero followed. Sums of parts of even size add up.
[[nodiscard]] std::uint64_t sum_of_words(std::span<const std::byte> bytes);

/// That of the pseudo-header before a message of this size: addresses, size, protocol (RFC 8200
/// section 8.1). The one of IPv4 has the same sum.
[[nodiscard]] std::uint64_t sum_of_pseudo_header(const IpAddress& source,
                                                 const IpAddress& destination,
                                                 std::size_t message_size, std::uint8_t protocol);

/// The checksum that a sum makes; 0 for the sum over all that a right checksum is part of.
[[nodiscard]] std::uint16_t checksum_of(std::uint64_t sum);

}  // namespace vrrp
