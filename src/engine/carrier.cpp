#include "engine/carrier.hpp"

#include "engine/segment.hpp"
#include "net/vrrp_socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace engine {

namespace {

/// Room for a message and whatever stands before or behind it.
constexpr std::size_t buffer_size = vrrp::max_message_size + auth::trailer_size +
                                    auth::authentication_header_size + auth::ipv4_header_size;

os::Error no_signature(auth::AuthError error) {
    return {EIO, "sign an advertisement: " + std::string(auth::to_text(error))};
}

void keep_first(std::expected<void, os::Error>& first, std::expected<void, os::Error> next) {
    if (first) {
        first = std::move(next);
    }
}

}  // namespace

Carrier::Carrier(const config::Router& router) : ttl_(router.ttl) {
    for (const vrrp::UnicastPeer& peer : router.protocol.peers) {
        destinations_.push_back(peer.address);
    }
    if (destinations_.empty()) {
        destinations_.push_back(net::vrrp_group(router.protocol.family()));
        ttl_ = 255;
    }
}

std::expected<Carrier, os::Error> Carrier::create(const config::Router& router) {
    Carrier carrier(router);
    if (const auto keyed = carrier.take_keys(router); !keyed) {
        return std::unexpected(keyed.error());
    }
    if (router.protocol.auth_type() == vrrp::AuthType::authentication_header) {
        auto header = auth::AuthenticationHeader::create(*router.protocol.password);
        if (!header) {
            return std::unexpected(os::Error{EINVAL, "sign adverts: " + header.error()});
        }
        carrier.header_ = std::move(*header);
    }
    return carrier;
}

std::expected<void, os::Error> Carrier::take_keys(const config::Router& router) {
    if (!router.trailer) {
        return {};
    }
    const bool believes_peers_only =
        router.protocol.is_unicast() && !router.protocol.hears_strangers;
    const auto peers = believes_peers_only ? std::span<const vrrp::IpAddress>(destinations_)
                                           : std::span<const vrrp::IpAddress>();
    auto created = auth::Authenticator::create(*router.trailer, peers);
    if (!created) {
        return std::unexpected(os::Error{EINVAL, "sign adverts: " + created.error()});
    }
    trailer_ = std::move(*created);
    return {};
}

void Carrier::succeed(const Carrier& before) {
    if (trailer_ && before.trailer_) {
        trailer_->adopt(*before.trailer_);
    }
    if (header_ && before.header_) {
        header_->adopt(*before.header_);
    }
}

std::expected<void, os::Error> Carrier::send(const vrrp::Advertisement& advertisement,
                                             const vrrp::IpAddress& source, Segment& segment,
                                             bool may_wait, WallTime now) {
    return header_ ? send_behind_header(advertisement, source, segment, now)
                   : send_signed(advertisement, source, segment, may_wait, now);
}

std::expected<void, os::Error> Carrier::send_signed(const vrrp::Advertisement& advertisement,
                                                    const vrrp::IpAddress& source, Segment& segment,
                                                    bool may_wait, WallTime now) {
    std::array<std::byte, buffer_size> buffer;
    std::size_t size = 0;
    std::expected<void, os::Error> result;
    for (const vrrp::IpAddress& destination : destinations_) {
        if (segment.has_address(destination)) {
            continue;
        }
        const vrrp::PacketContext packet{source, destination, ttl_};
        const auto message = vrrp::encode(advertisement, packet, buffer);
        // One trailer serves all peers: it covers neither the destination nor the checksum.
        if (size == 0 && trailer_) {
            const auto payload = trailer_->sign(buffer, message.size(), source, now);
            if (!payload) {
                return std::unexpected(no_signature(payload.error()));
            }
            size = payload->size();
        }
        size = std::max(size, message.size());
        const auto signed_message = std::span(buffer).first(size);
        keep_first(result, may_wait ? segment.queue(signed_message, packet)
                                    : segment.send(signed_message, packet));
    }
    return result;
}

std::expected<void, os::Error> Carrier::send_behind_header(const vrrp::Advertisement& advertisement,
                                                           const vrrp::IpAddress& source,
                                                           Segment& segment, WallTime now) {
    std::array<std::byte, vrrp::max_message_size> message_buffer;
    std::array<std::byte, buffer_size> buffer;
    const auto numbers = header_->next_advert(now);
    std::expected<void, os::Error> result;
    for (const vrrp::IpAddress& destination : destinations_) {
        if (segment.has_address(destination)) {
            continue;
        }
        const vrrp::PacketContext packet{source, destination, ttl_};
        const auto message = vrrp::encode(advertisement, packet, message_buffer);
        const auto whole = header_->wrap(numbers, message, packet, buffer);
        if (!whole) {
            return std::unexpected(no_signature(whole.error()));
        }
        keep_first(result, segment.send_packet(*whole, destination));
    }
    return result;
}

std::expected<Arrival, ArrivalError> Carrier::receive(const net::IpPacket& packet,
                                                      net::PacketForm form, WallTime now) const {
    vrrp::PacketContext context = packet.context;
    auto message = packet.message;
    std::optional<auth::Proof> proof;
    if ((form == net::PacketForm::authenticated) != uses_header()) {
        return std::unexpected(uses_header() ? ArrivalError(auth::AuthError::missing)
                                             : ArrivalError(vrrp::DecodeError::auth_type));
    }
    if (header_) {
        const auto opened = header_->open(packet.whole);
        if (!opened) {
            return std::unexpected(opened.error());
        }
        context = opened->context;
        message = opened->message;
        proof = opened->proof;
    }
    const auto advertisement = vrrp::decode(message, context);
    if (!advertisement) {
        return std::unexpected(advertisement.error());
    }
    if (trailer_) {
        const auto checked =
            trailer_->check(message, vrrp::message_size(*advertisement), context, now);
        if (!checked) {
            return std::unexpected(checked.error());
        }
        proof = *checked;
    }
    const std::size_t rest = message.size() - vrrp::message_size(*advertisement);
    return Arrival{{*advertisement, context}, proof, !trailer_ && rest == auth::trailer_size};
}

void Carrier::note(const Arrival& arrival) {
    if (header_ && arrival.proof) {
        header_->note(*arrival.proof);
    }
}

void Carrier::accept(const Arrival& arrival) {
    if (trailer_ && arrival.proof) {
        trailer_->accept(*arrival.proof);
    } else if (header_ && arrival.proof) {
        header_->accept(*arrival.proof);
    }
}

}  // namespace engine
