#include "rehearse/forgery.hpp"

#include <array>

#include "vrrp/advertisement.hpp"

namespace rehearse {

namespace {

const vrrp::IpAddress stranger(192, 0, 2, 200);
const vrrp::IpAddress all_vrrp_routers(224, 0, 0, 18);

Packet encode(const vrrp::Advertisement& advertisement, const vrrp::IpAddress& source) {
    const vrrp::PacketContext context{
        .source = source, .destination = all_vrrp_routers, .ttl = 255};
    std::array<std::byte, vrrp::max_message_size> buffer;
    const auto message = vrrp::encode(advertisement, context, buffer);
    return {{message.begin(), message.end()}, context, false};
}

}  // namespace

Packet make_packet(const HostPlan& sender, const vrrp::Advertisement& advertisement) {
    return encode(advertisement, sender.source);
}

Packet forge(const HostPlan& victim, unsigned kind) {
    constexpr std::array<std::uint8_t, 4> priorities{0, 1, 100, 255};
    const vrrp::VirtualRouter model(victim.config);
    vrrp::Advertisement advertisement =
        model.advertisement(vrrp::SendAdvertisement{priorities[kind / 8 % 4]});
    vrrp::IpAddress source = stranger;
    switch (kind % 8) {
        case 0:  // a password where none is, or another one
            advertisement.auth_type = vrrp::AuthType::simple_password;
            advertisement.password.back() ^= std::byte{1};
            break;
        case 1: advertisement.interval += vrrp::Centiseconds(100); break;
        case 2: source = victim.source; break;
        default: break;
    }
    Packet packet = encode(advertisement, source);
    switch (kind % 8) {
        case 3: packet.context.ttl = 254; break;
        case 4: packet.message[6] ^= std::byte{0x10}; break;
        case 5: packet.message.pop_back(); break;
        case 6: packet.message[0] = std::byte{0x31}; break;
        case 7: packet.message.resize(kind % 8); break;
        default: break;
    }
    packet.is_forged = true;
    return packet;
}

}  // namespace rehearse
