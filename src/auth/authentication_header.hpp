#pragma once

#include "auth/auth_error.hpp"
#include "auth/hmac.hpp"
#include "auth/proof.hpp"
#include "auth/replay_table.hpp"
#include "auth/sequence.hpp"
#include "vrrp/advertisement.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>

namespace auth {

/// IP protocol number of the authentication header.
inline constexpr int authentication_header_protocol = 51;

/// What the header adds to a packet, and the IPv4 header before it.
inline constexpr std::size_t authentication_header_size = 24;
inline constexpr std::size_t ipv4_header_size = 20;

/// The numbers that all copies of one advert carry.
struct AdvertNumbers {
    std::uint16_t identification = 0;  ///< of the IPv4 header, never 0: the kernel would fill it in
    std::uint32_t sequence = 0;
};

/// A received packet of protocol 51, taken apart.
struct AuthenticatedPacket {
    vrrp::PacketContext context;
    std::span<const std::byte> message;  ///< a view of the packet's bytes
    Proof proof;
};

/// Version 2's authentication by the IP authentication header (RFC 2402 and 2403), as keepalived
/// has it for IPv4: it covers the whole packet, so whole packets are built and checked.
class AuthenticationHeader {
public:
    /// Fails where this libcrypto has no MD5 (FIPS), and says why.
    [[nodiscard]] static std::expected<AuthenticationHeader, std::string> create(
        const vrrp::Password& key);

    /// Knows from now on what another one sent and accepted before.
    void adopt(const AuthenticationHeader& before);

    /// Begins a new advert. Its sequence number is above all that we sent, and all that we accepted
    /// from anybody: keepalived counts once for all senders. It is no lower than the time in
    /// seconds, so that it grows across a restart too.
    [[nodiscard]] AdvertNumbers next_advert(WallTime now);

    /// Writes the IPv4 packet that carries the message to the context's destination: message.size()
    /// and both headers' sizes fit into the buffer, and the addresses are IPv4, or it is asserted.
    [[nodiscard]] std::expected<std::span<const std::byte>, AuthError> wrap(
        const AdvertNumbers& numbers, std::span<const std::byte> message,
        const vrrp::PacketContext& context, std::span<std::byte> buffer) const;

    /// Checks a whole received IPv4 packet. Bytes beyond its total length (Ethernet padding) are
    /// cut off. Changes nothing.
    [[nodiscard]] std::expected<AuthenticatedPacket, AuthError> open(
        std::span<const std::byte> packet) const;

    /// Takes care that what we send from now on is numbered above this packet; whether it is
    /// accepted again is accept()'s.
    void note(const Proof& proof);

    /// Remembers a packet that was accepted, so that it is not accepted again.
    void accept(const Proof& proof);

private:
    explicit AuthenticationHeader(Hmac key);

    Hmac key_;
    ReplayTable senders_;
    std::uint16_t identification_ = 0;
    std::uint32_t highest_ = 0;  ///< of all sequence numbers sent and accepted
};

}  // namespace auth
