#include "rehearse/forgery.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "vrrp/advertisement.hpp"

namespace rehearse {

namespace {

using vrrp::Advertisement;
using vrrp::Family;
using vrrp::IpAddress;
using vrrp::Version;

IpAddress stranger(Family family) {
    return family == Family::ipv4 ? IpAddress(192, 0, 2, 200)
                                  : IpAddress({0xfe80, 0, 0, 0, 0, 0, 0, 0xc8});
}

IpAddress other_stranger(Family family) {
    return family == Family::ipv4 ? IpAddress(192, 0, 2, 201)
                                  : IpAddress({0xfe80, 0, 0, 0, 0, 0, 0, 0xc9});
}

IpAddress all_vrrp_routers(Family family) {
    return family == Family::ipv4 ? IpAddress(224, 0, 0, 18)
                                  : IpAddress({0xff02, 0, 0, 0, 0, 0, 0, 0x12});
}

Packet encode(const Advertisement& advertisement, const vrrp::PacketContext& context) {
    std::array<std::byte, vrrp::max_message_size> buffer;
    const auto message = vrrp::encode(advertisement, context, buffer);
    return {{message.begin(), message.end()}, context, false};
}

/// Writes a checksum that is right in the form of RFC 9568 over IPv4, and of version 2.
void sum_up(std::vector<std::byte>& message) {
    message[6] = message[7] = std::byte{0};
    unsigned sum = 0;
    for (std::size_t i = 0; i + 1 < message.size(); i += 2) {
        sum +=
            std::to_integer<unsigned>(message[i]) << 8 | std::to_integer<unsigned>(message[i + 1]);
    }
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
    message[6] = static_cast<std::byte>(sum >> 8);
    message[7] = static_cast<std::byte>(sum & 0xff);
}

/// Like a peer of the victim's would send it.
vrrp::PacketContext usual_context(const HostPlan& victim) {
    const Family family = victim.config.family();
    if (!victim.config.is_unicast()) {
        return {stranger(family), all_vrrp_routers(family), 255};
    }
    const auto& peers = victim.config.peers;
    const auto other = std::ranges::find_if(
        peers, [&victim](const vrrp::UnicastPeer& peer) { return peer.address != victim.source; });
    return other == peers.end()
               ? vrrp::PacketContext{stranger(family), victim.source, 255}
               : vrrp::PacketContext{other->address, victim.source, other->max_ttl};
}

/// An advert that is refused for what it says or how it is sent.
std::optional<Packet> forge_whole(const HostPlan& victim, unsigned kind,
                                  Advertisement advertisement, vrrp::PacketContext context) {
    const Family family = victim.config.family();
    const bool is_v2 = victim.config.version == Version::v2;
    switch (kind) {
        case 0:  // a password where none is, or another one
            advertisement.auth_type = vrrp::AuthType::simple_password;
            advertisement.password.back() ^= std::byte{1};
            return is_v2 ? std::optional(encode(advertisement, context)) : std::nullopt;
        case 1:
            advertisement.interval += vrrp::Centiseconds(100);
            return is_v2 ? std::optional(encode(advertisement, context)) : std::nullopt;
        case 2: context.source = victim.source; return encode(advertisement, context);
        case 3:  // from too far away
            context.ttl = 3;
            return victim.config.is_unicast() && (context.source == stranger(family) ||
                                                  victim.config.peers.front().min_ttl <= 3)
                       ? std::nullopt
                       : std::optional(encode(advertisement, context));
        case 8:
            context.destination =
                victim.config.is_unicast() ? all_vrrp_routers(family) : victim.source;
            context.ttl = 255;
            return encode(advertisement, context);
        case 9:
            context.source = stranger(family);
            return victim.config.is_unicast() && !victim.config.hears_strangers
                       ? std::optional(encode(advertisement, context))
                       : std::nullopt;
        case 10:  // a right message of the other version
            advertisement.version = is_v2 ? Version::v3 : Version::v2;
            advertisement.interval = vrrp::Centiseconds(100);
            return family == Family::ipv4 ? std::optional(encode(advertisement, context))
                                          : std::nullopt;
        default: return std::nullopt;
    }
}

/// A message that is refused for its bytes.
Packet forge_bytes(unsigned kind, const Advertisement& advertisement,
                   const vrrp::PacketContext& context) {
    Packet packet = encode(advertisement, context);
    switch (kind) {
        case 5: packet.message.pop_back(); break;
        case 6: packet.message[0] = std::byte{0x41}; break;
        case 7: packet.message.resize(7); break;
        case 11: {  // the pseudo-header of another packet
            vrrp::PacketContext other = context;
            other.source = other_stranger(context.source.family());
            packet = encode(advertisement, other);
            packet.context = context;
            const bool has_one = advertisement.version == Version::v3 &&
                                 (context.source.family() == Family::ipv6 ||
                                  advertisement.checksum_form == vrrp::ChecksumForm::pseudo_header);
            if (!has_one) {
                packet.message[6] ^= std::byte{0x20};
            }
            break;
        }
        case 12:  // interval 0
            packet.message[5] = std::byte{0};
            if (advertisement.version == Version::v3) {
                packet.message[4] = std::byte{0};
            }
            sum_up(packet.message);
            break;
        case 13: packet.message[1] = std::byte{0}; break;
        case 14: packet.message[3] = std::byte{0}; break;
        default: packet.message[6] ^= std::byte{0x10}; break;
    }
    return packet;
}

}  // namespace

Packet make_packet(const HostPlan& sender, const Advertisement& advertisement,
                   const IpAddress& peer) {
    return sender.config.is_unicast()
               ? encode(advertisement, {sender.source, peer, sender.ttl})
               : encode(advertisement, {sender.source, all_vrrp_routers(peer.family()), 255});
}

void corrupt(Packet& packet, std::uint64_t choice) {
    packet.message[choice % packet.message.size()] ^=
        static_cast<std::byte>(1 + choice / packet.message.size() % 255);
    packet.is_forged = true;
}

Packet forge(const HostPlan& victim, unsigned kind) {
    constexpr std::array<std::uint8_t, 4> priorities{0, 1, 100, 255};
    const vrrp::VirtualRouter model(victim.config);
    const Advertisement advertisement =
        model.advertisement(vrrp::SendAdvertisement{priorities[kind / 16 % 4]});
    const vrrp::PacketContext context = usual_context(victim);
    const auto whole = forge_whole(victim, kind % 16, advertisement, context);
    Packet packet = whole ? *whole : forge_bytes(kind % 16, advertisement, context);
    packet.is_forged = true;
    return packet;
}

}  // namespace rehearse
