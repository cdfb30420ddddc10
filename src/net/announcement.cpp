#include "net/announcement.hpp"

#include <net/ethernet.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>

#include <algorithm>
#include <cassert>
#include <span>

#include "vrrp/internet_checksum.hpp"

namespace net {

namespace {

constexpr MacAddress broadcast{0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

/// ff02::1 and where Ethernet sends it (RFC 2464 section 7).
constexpr vrrp::IpAddress all_nodes({0xff02, 0, 0, 0, 0, 0, 0, 1});
constexpr MacAddress all_nodes_mac{0x33, 0x33, 0x00, 0x00, 0x00, 0x01};

/// Header, target, and the option with the MAC address.
constexpr std::size_t advertisement_size = 8 + 16 + 8;
constexpr std::size_t advertisement_offset = neighbour_frame_size - advertisement_size;
constexpr std::size_t checksum_offset = advertisement_offset + 2;

/// Neighbours take a neighbour advertisement for one of their own link by its hop limit.
constexpr unsigned hop_limit = 255;

/// Writes the parts of a frame one behind the other.
class FrameWriter {
public:
    explicit FrameWriter(std::span<std::byte> frame) : rest_(frame) {}

    void put(std::span<const std::byte> bytes) {
        assert(bytes.size() <= rest_.size());
        std::ranges::copy(bytes, rest_.begin());
        rest_ = rest_.subspan(bytes.size());
    }
    void put(const MacAddress& mac) { put(std::as_bytes(std::span(mac))); }
    void put(const vrrp::IpAddress& address) { put(address.bytes()); }
    void put_8(unsigned value) { put(std::array{std::byte(value & 0xff)}); }
    void put_16(unsigned value) {
        put_8(value >> 8);
        put_8(value);
    }

    [[nodiscard]] bool is_full() const { return rest_.empty(); }

private:
    std::span<std::byte> rest_;
};

}  // namespace

std::array<std::byte, arp_frame_size> gratuitous_arp(ArpForm form, const MacAddress& mac,
                                                     const vrrp::IpAddress& address) {
    assert(address.family() == vrrp::Family::ipv4);
    std::array<std::byte, arp_frame_size> frame{};
    FrameWriter writer(frame);
    writer.put(broadcast);
    writer.put(mac);
    writer.put_16(ETHERTYPE_ARP);
    writer.put_16(ARPHRD_ETHER);
    writer.put_16(ETHERTYPE_IP);
    writer.put_8(sizeof(MacAddress));
    writer.put_8(4);
    writer.put_16(static_cast<unsigned>(form));
    writer.put(mac);
    writer.put(address);
    writer.put(MacAddress{});  // the target's, of which a gratuitous ARP knows nothing
    writer.put(address);
    assert(writer.is_full());
    return frame;
}

std::array<std::byte, neighbour_frame_size> neighbour_advertisement(
    const MacAddress& mac, const vrrp::IpAddress& address) {
    assert(address.family() == vrrp::Family::ipv6);
    std::array<std::byte, neighbour_frame_size> frame{};
    FrameWriter writer(frame);
    writer.put(all_nodes_mac);
    writer.put(mac);
    writer.put_16(ETHERTYPE_IPV6);
    writer.put_16(0x6000);  // version 6, traffic class 0, flow label 0
    writer.put_16(0);
    writer.put_16(advertisement_size);
    writer.put_8(IPPROTO_ICMPV6);
    writer.put_8(hop_limit);
    writer.put(address);
    writer.put(all_nodes);
    writer.put_8(ND_NEIGHBOR_ADVERT);
    writer.put_8(0);
    writer.put_16(0);       // the checksum, until all is there
    writer.put_16(0xa000);  // a router, unsolicited, override
    writer.put_16(0);
    writer.put(address);
    writer.put_8(ND_OPT_TARGET_LINKADDR);
    writer.put_8(1);  // of eight bytes
    writer.put(mac);
    assert(writer.is_full());
    const auto message = std::span(frame).subspan(advertisement_offset);
    FrameWriter(std::span(frame).subspan(checksum_offset, 2))
        .put_16(vrrp::checksum_of(
            vrrp::sum_of_pseudo_header(address, all_nodes, message.size(), IPPROTO_ICMPV6) +
            vrrp::sum_of_words(message)));
    return frame;
}

}  // namespace net
