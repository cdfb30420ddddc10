#pragma once

#include "auth/auth_error.hpp"
#include "auth/authentication_header.hpp"
#include "auth/authenticator.hpp"
#include "auth/proof.hpp"
#include "config/config.hpp"
#include "net/ip_packet.hpp"
#include "net/socket_filter.hpp"
#include "os/error.hpp"
#include "vrrp/advertisement.hpp"
#include "vrrp/event.hpp"

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <variant>
#include <vector>

namespace engine {

class Segment;

/// An advertisement that arrived, believed so far; a view of the packet's bytes.
struct Arrival {
    vrrp::AdvertisementReceived event;
    std::optional<auth::Proof> proof;
    bool has_unread_trailer = false;  ///< it is signed, and we have no keys
};

/// Why what arrived is no advertisement to be considered.
using ArrivalError = std::variant<vrrp::DecodeError, auth::AuthError>;

/// Takes one router's adverts out to the link and in from it: to whom, signed and checked how.
class Carrier {
public:
    using WallTime = std::chrono::system_clock::time_point;

    /// Fails where libcrypto lacks what the router's authentication needs.
    [[nodiscard]] static std::expected<Carrier, os::Error> create(const config::Router& router);

    /// Takes the place of another one of the same router: what was heard before can't be said again
    /// to this one either.
    void succeed(const Carrier& before);

    /// Whether adverts travel behind an IP authentication header.
    [[nodiscard]] bool uses_header() const { return header_.has_value(); }

    /// Sends an advert from `source` to the group, or to each peer that is not this host. The error
    /// is the first one's; the others are sent all the same. One that may wait goes together with
    /// those of others, see Segment::queue().
    [[nodiscard]] std::expected<void, os::Error> send(const vrrp::Advertisement& advertisement,
                                                      const vrrp::IpAddress& source,
                                                      Segment& segment, bool may_wait,
                                                      WallTime now);

    /// Reads what arrived on a socket of this form. Changes nothing.
    [[nodiscard]] std::expected<Arrival, ArrivalError> receive(const net::IpPacket& packet,
                                                               net::PacketForm form,
                                                               WallTime now) const;

    /// To be called before the router is given what arrived: an answer to it must be numbered above
    /// it, for peers that count once for all senders.
    void note(const Arrival& arrival);

    /// Remembers an advert that the router has accepted, so that it is not accepted again.
    void accept(const Arrival& arrival);

private:
    explicit Carrier(const config::Router& router);

    [[nodiscard]] std::expected<void, os::Error> take_keys(const config::Router& router);
    std::expected<void, os::Error> send_signed(const vrrp::Advertisement& advertisement,
                                               const vrrp::IpAddress& source, Segment& segment,
                                               bool may_wait, WallTime now);
    std::expected<void, os::Error> send_behind_header(const vrrp::Advertisement& advertisement,
                                                      const vrrp::IpAddress& source,
                                                      Segment& segment, WallTime now);

    std::vector<vrrp::IpAddress> destinations_;
    std::uint8_t ttl_;
    std::optional<auth::Authenticator> trailer_;
    std::optional<auth::AuthenticationHeader> header_;
};

}  // namespace engine
