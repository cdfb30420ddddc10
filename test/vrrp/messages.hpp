#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vrrp/advertisement.hpp"

// Recorded messages, and how to change them.
namespace vrrp::test {

using Bytes = std::vector<std::byte>;

inline constexpr PacketContext usual_packet{IpAddress(192, 0, 2, 1), IpAddress(224, 0, 0, 18), 255};
inline constexpr PacketContext unicast_packet{IpAddress(192, 0, 2, 1), IpAddress(192, 0, 2, 2),
                                              255};
inline constexpr PacketContext packet_6{IpAddress({0xfe80, 0, 0, 0, 0, 0, 0, 1}),
                                        IpAddress({0xff02, 0, 0, 0, 0, 0, 0, 0x12}), 255};

// Recorded packets: router id 51, priority 100, one second, 192.0.2.254.
inline constexpr std::string_view plain = "213364010001b7cb c00002fe 0000000000000000";
inline constexpr std::string_view farewell = "2133000100011bcc c00002fe 0000000000000000";
inline constexpr std::string_view with_password = "2133640101017a7f c00002fe 7365637265740000";
inline constexpr std::string_view third_plain = "313364010064a768 c00002fe";
inline constexpr std::string_view third_pseudo = "31336401006404d8 c00002fe";
inline constexpr std::string_view third_unicast = "31336401006422e8 c00002fe";
/// fe80::51 and 2001:db8::254
inline constexpr std::string_view third_6 =
    "3133640200643d58 fe800000000000000000000000000051 20010db8000000000000000000000254";

inline Bytes bytes_of(std::string_view hex) {
    std::string digits(hex);
    std::erase(digits, ' ');
    Bytes bytes;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        bytes.push_back(static_cast<std::byte>(std::stoi(digits.substr(i, 2), nullptr, 16)));
    }
    return bytes;
}

inline std::optional<DecodeError> error_of(std::span<const std::byte> message,
                                           const PacketContext& packet = usual_packet) {
    const auto advertisement = decode(message, packet);
    return advertisement ? std::nullopt : std::optional(advertisement.error());
}

inline std::uint32_t add_words(std::uint32_t sum, std::span<const std::byte> bytes) {
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        sum += (std::to_integer<unsigned>(bytes[i]) << 8) | std::to_integer<unsigned>(bytes[i + 1]);
    }
    return sum;
}

/// Puts the right checksum into a changed message, so that the change itself is looked at; with a
/// pseudo-header where a packet is given.
inline void mend_checksum(Bytes& message, const PacketContext* packet = nullptr) {
    message[6] = message[7] = std::byte{0};
    std::uint32_t sum = add_words(0, message);
    if (packet != nullptr) {
        sum = add_words(add_words(sum, packet->source.bytes()), packet->destination.bytes());
        sum += static_cast<std::uint32_t>(message.size()) + 112;
    }
    while (sum > 0xffff) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    message[6] = static_cast<std::byte>(~sum >> 8 & 0xff);
    message[7] = static_cast<std::byte>(~sum & 0xff);
}

inline Bytes with_byte(std::string_view hex, std::size_t index, unsigned value,
                       const PacketContext* packet = nullptr) {
    Bytes message = bytes_of(hex);
    message[index] = static_cast<std::byte>(value);
    mend_checksum(message, packet);
    return message;
}

inline Bytes encoded(const Advertisement& advertisement,
                     const PacketContext& packet = usual_packet) {
    std::array<std::byte, max_message_size> buffer;
    const auto message = encode(advertisement, packet, buffer);
    return {message.begin(), message.end()};
}

/// A recorded message of version 3 and the packet that carried it.
struct Recorded {
    std::string_view hex;
    PacketContext packet;
    ChecksumForm form;

    [[nodiscard]] const PacketContext* pseudo_header() const {
        return form == ChecksumForm::pseudo_header ? &packet : nullptr;
    }
};

inline const std::array third_recorded{
    Recorded{third_plain, usual_packet, ChecksumForm::message},
    Recorded{third_pseudo, usual_packet, ChecksumForm::pseudo_header},
    Recorded{third_unicast, unicast_packet, ChecksumForm::pseudo_header},
    Recorded{third_6, packet_6, ChecksumForm::pseudo_header}};

}  // namespace vrrp::test
