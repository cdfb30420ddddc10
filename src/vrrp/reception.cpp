#include "vrrp/reception.hpp"

#include <algorithm>

namespace vrrp {

namespace {

/// Takes the same time wherever the first difference stands.
bool is_same_password(const Password& a, const Password& b) {
    std::byte difference{0};
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference |= a[i] ^ b[i];
    }
    return difference == std::byte{0};
}

/// Multicast is what its TTL of 255 says of it, which the decoder has checked. Unicast may come
/// from far away: from whom and how far, the settings say.
std::optional<RefuseReason> find_reason_to_refuse(const RouterConfig& config,
                                                  const PacketContext& packet) {
    if (packet.destination.is_multicast() == config.is_unicast()) {
        return RefuseReason::destination;
    }
    if (!config.is_unicast()) {
        return std::nullopt;
    }
    const auto peer = std::ranges::find(config.peers, packet.source, &UnicastPeer::address);
    if (peer == config.peers.end()) {
        return config.hears_strangers ? std::nullopt : std::optional(RefuseReason::unknown_peer);
    }
    const bool is_near = peer->min_ttl <= packet.ttl && packet.ttl <= peer->max_ttl;
    return is_near ? std::nullopt : std::optional(RefuseReason::ttl);
}

/// Version 2 has secrets, and one interval for all: RFC 3768 section 7.1.
std::optional<RefuseReason> find_reason_to_refuse_v2(const RouterConfig& config,
                                                     const Advertisement& advertisement) {
    // A router without addresses moves what its state scripts move, with others of its kind.
    if (advertisement.addresses.size() == 0 && !config.addresses.empty()) {
        return RefuseReason::no_addresses;
    }
    if (advertisement.auth_type != config.auth_type()) {
        return RefuseReason::auth_type;
    }
    if (advertisement.auth_type == AuthType::simple_password &&
        !is_same_password(advertisement.password, config.password.value_or(Password{}))) {
        return RefuseReason::password;
    }
    if (advertisement.interval != config.interval) {
        return RefuseReason::interval;
    }
    return std::nullopt;
}

}  // namespace

std::optional<RefuseReason> find_reason_to_refuse(const RouterConfig& config,
                                                  const std::optional<IpAddress>& source,
                                                  const AdvertisementReceived& event) {
    const Advertisement& advertisement = event.advertisement;
    if (event.packet.source == source) {
        return RefuseReason::own_address;
    }
    if (advertisement.version != config.version) {
        return RefuseReason::version;
    }
    if (const auto reason = find_reason_to_refuse(config, event.packet)) {
        return reason;
    }
    if (config.version == Version::v2) {
        return find_reason_to_refuse_v2(config, advertisement);
    }
    // RFC 9568 erratum 8300. Many routers in use don't know it, so it is for the strict.
    const bool needs_link_local = config.strict && config.family() == Family::ipv6;
    if (needs_link_local && !advertisement.addresses[0].is_link_local()) {
        return RefuseReason::first_address;
    }
    return std::nullopt;
}

}  // namespace vrrp
