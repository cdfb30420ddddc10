#pragma once

#include "auth/auth_error.hpp"
#include "auth/hmac.hpp"
#include "auth/proof.hpp"
#include "auth/replay_table.hpp"
#include "auth/sequence.hpp"
#include "auth/trailer.hpp"
#include "auth/trailer_config.hpp"
#include "vrrp/advertisement.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace auth {

/// Signs the adverts of one router with keepalived's HMAC trailer, and checks those of the others.
class Authenticator {
public:
    /// `peers`: the unicast peers, whose trailers alone are believed then; none with multicast. A
    /// config that breaks a rule of TrailerConfig is an error, told without the secrets.
    [[nodiscard]] static std::expected<Authenticator, std::string> create(
        const TrailerConfig& config, std::span<const vrrp::IpAddress> peers);

    /// Takes other keys, modes and peers over, and still knows what it sent and accepted before. An
    /// error changes nothing.
    [[nodiscard]] std::expected<void, std::string> reconfigure(
        const TrailerConfig& config, std::span<const vrrp::IpAddress> peers);

    /// Knows from now on what another one sent and accepted before.
    void adopt(const Authenticator& before);

    /// How much longer than its message an advert is that we send: 0 or trailer_size.
    [[nodiscard]] std::size_t sent_size() const;

    /// Puts the trailer behind the message that is the first `message_size` bytes of the buffer,
    /// and returns the IP payload; just the message where the mode sends no trailer. The buffer has
    /// room for sent_size() more. Once an advert: the result serves all unicast peers.
    [[nodiscard]] std::expected<std::span<const std::byte>, AuthError> sign(
        std::span<std::byte> buffer, std::size_t message_size, const vrrp::IpAddress& source,
        WallTime now);

    /// Checks a received IP payload: a VRRP message of `message_size` bytes (8 at least, no more
    /// than the payload: else malformed), and what stands behind it. Changes nothing.
    [[nodiscard]] std::expected<Proof, AuthError> check(std::span<const std::byte> payload,
                                                        std::size_t message_size,
                                                        const vrrp::PacketContext& packet,
                                                        WallTime now) const;

    /// Remembers a packet that was accepted, so that it is not accepted again.
    void accept(const Proof& proof);

private:
    struct SigningKey {
        std::uint8_t id;
        Hmac hmac;
    };

    Authenticator(const TrailerConfig& config, std::vector<SigningKey> keys,
                  std::span<const vrrp::IpAddress> peers);
    [[nodiscard]] const Hmac* find_key(std::uint8_t id) const;
    [[nodiscard]] Sequence next_sequence(WallTime now) const;
    [[nodiscard]] std::expected<Proof, AuthError> check_trailer(const Trailer& trailer,
                                                                std::span<const std::byte> message,
                                                                const vrrp::IpAddress& sender,
                                                                WallTime now) const;

    std::vector<SigningKey> keys_;
    std::uint8_t active_;
    Mode mode_;
    Replay replay_;
    std::chrono::seconds window_;
    std::vector<vrrp::IpAddress> peers_;
    ReplayTable senders_;
    std::optional<Sequence> sent_;
};

}  // namespace auth
