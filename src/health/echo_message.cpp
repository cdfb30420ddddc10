#include "health/echo_message.hpp"

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "vrrp/internet_checksum.hpp"

namespace health {

namespace {

constexpr std::size_t checksum_offset = 2;
constexpr std::size_t id_offset = 4;
constexpr std::size_t sequence_offset = 6;
constexpr std::size_t token_offset = 8;

template <class Number>
void put(EchoRequest& message, std::size_t offset, Number number) {
    for (std::size_t i = 0; i < sizeof number; ++i) {
        message[offset + i] =
            static_cast<std::byte>(number >> (8 * (sizeof number - 1 - i)) & 0xffU);
    }
}

/// The sizes have been looked at.
std::uint64_t number_at(std::span<const std::byte> message, std::size_t offset, std::size_t size) {
    std::uint64_t number = 0;
    for (const std::byte byte : message.subspan(offset, size)) {
        number = number << 8U | std::to_integer<std::uint64_t>(byte);
    }
    return number;
}

std::byte reply_type(vrrp::Family family) {
    return static_cast<std::byte>(family == vrrp::Family::ipv4 ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY);
}

std::size_t ip_header_size(std::span<const std::byte> packet) {
    return packet.empty() ? 0 : (std::to_integer<std::size_t>(packet[0]) & 0xfU) * 4;
}

}  // namespace

EchoRequest encode_echo_request(const EchoIdentity& identity, std::uint16_t sequence) {
    const bool is_ipv4 = identity.family == vrrp::Family::ipv4;
    EchoRequest message{};
    message[0] = static_cast<std::byte>(is_ipv4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST);
    put(message, id_offset, identity.id);
    put(message, sequence_offset, sequence);
    put(message, token_offset, identity.token);
    if (is_ipv4) {
        put(message, checksum_offset, vrrp::checksum_of(vrrp::sum_of_words(message)));
    }
    return message;
}

std::optional<std::uint16_t> decode_echo_reply(const EchoIdentity& identity, EchoForm form,
                                               std::span<const std::byte> packet) {
    const std::size_t start = form == EchoForm::ip_packet ? ip_header_size(packet) : 0;
    if (packet.size() < start + sizeof(EchoRequest)) {
        return std::nullopt;
    }
    const auto message = packet.subspan(start);
    const bool is_ours =
        message[0] == reply_type(identity.family) && message[1] == std::byte{0} &&
        (form == EchoForm::kernel_id || number_at(message, id_offset, 2) == identity.id) &&
        number_at(message, token_offset, sizeof identity.token) == identity.token;
    if (!is_ours) {
        return std::nullopt;
    }
    return static_cast<std::uint16_t>(number_at(message, sequence_offset, 2));
}

std::array<sock_filter, 9> echo_filter(const EchoIdentity& identity) {
    const auto statement = [](int code, std::uint32_t value) {
        return sock_filter{.code = static_cast<std::uint16_t>(code), .jt = 0, .jf = 0, .k = value};
    };
    // Goes on where A is the value, else skips to the last instruction.
    const auto expect = [](std::uint32_t value, std::uint8_t skipped) {
        return sock_filter{.code = BPF_JMP | BPF_JEQ | BPF_K, .jt = 0, .jf = skipped, .k = value};
    };
    const bool is_ipv4 = identity.family == vrrp::Family::ipv4;
    const auto type = std::to_integer<std::uint32_t>(reply_type(identity.family));
    const auto token = static_cast<std::uint32_t>(identity.token >> 32U);
    return {{
        // X = where the message begins. A load beyond the packet's end drops it.
        is_ipv4 ? statement(BPF_LDX | BPF_B | BPF_MSH, 0) : statement(BPF_LDX | BPF_IMM, 0),
        statement(BPF_LD | BPF_B | BPF_IND, 0),
        expect(type, 5),
        statement(BPF_LD | BPF_H | BPF_IND, id_offset),
        expect(identity.id, 3),
        statement(BPF_LD | BPF_W | BPF_IND, token_offset),
        expect(token, 1),
        statement(BPF_RET | BPF_K, std::numeric_limits<std::uint32_t>::max()),
        statement(BPF_RET | BPF_K, 0),
    }};
}

}  // namespace health
