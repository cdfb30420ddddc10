#pragma once

#include "vrrp/address.hpp"

#include <linux/filter.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace health {

/// What tells the echo requests of one run, and their answers, from all others. The token is random
/// and can't be guessed, so an answer to it was an answer to us.
struct EchoIdentity {
    vrrp::Family family = vrrp::Family::ipv4;
    std::uint16_t id = 0;
    std::uint64_t token = 0;
};

/// A header of ICMP, and the token.
using EchoRequest = std::array<std::byte, 16>;

/// Numbers 1, 2, … of one run. The kernel computes the checksum of ICMPv6; that of ICMP is ours.
[[nodiscard]] EchoRequest encode_echo_request(const EchoIdentity& identity, std::uint16_t sequence);

/// How a socket gives what it receives.
enum class EchoForm : std::uint8_t {
    ip_packet,  ///< with the header of IPv4 before it
    message,    ///< the ICMP message alone
    kernel_id,  ///< the same, and the id is one that the kernel chose and looked at
};

/// The number of the request that this answers; nullopt for all but answers to this identity.
[[nodiscard]] std::optional<std::uint16_t> decode_echo_reply(const EchoIdentity& identity,
                                                             EchoForm form,
                                                             std::span<const std::byte> packet);

/// The program of a raw socket that lets pass what decode_echo_reply() may accept: the kernel drops
/// other ICMP, and answers to others, before it wakes us.
[[nodiscard]] std::array<sock_filter, 9> echo_filter(const EchoIdentity& identity);

}  // namespace health
