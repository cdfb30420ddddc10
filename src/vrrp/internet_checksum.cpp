#include "vrrp/internet_checksum.hpp"

namespace vrrp {

std::uint64_t sum_of_words(std::span<const std::byte> bytes) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        sum += std::to_integer<std::uint64_t>(bytes[i]) << 8 |
               std::to_integer<std::uint64_t>(bytes[i + 1]);
    }
    if (bytes.size() % 2 != 0) {
        sum += std::to_integer<std::uint64_t>(bytes.back()) << 8;
    }
    return sum;
}

std::uint64_t sum_of_pseudo_header(const IpAddress& source, const IpAddress& destination,
                                   std::size_t message_size, std::uint8_t protocol) {
    return sum_of_words(source.bytes()) + sum_of_words(destination.bytes()) + message_size +
           protocol;
}

std::uint16_t checksum_of(std::uint64_t sum) {
    while (sum > 0xffff) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(~sum & 0xffff);
}

}  // namespace vrrp
