#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "net/ip_packet.hpp"

// An input is an IP packet, and beyond that what an Ethernet frame may have after it.

namespace {

using Bytes = std::span<const std::byte>;

std::size_t number_at(Bytes packet, std::size_t offset) {
    return std::to_integer<std::size_t>(packet[offset]);
}

void check_packet(const net::IpPacket& read, Bytes packet) {
    fuzz::expect(packet.size() >= 20 && number_at(packet, 0) >> 4U == 4, "it is version 4");
    const std::size_t header_size = (number_at(packet, 0) & 0xfU) * 4;
    const std::size_t total_size = number_at(packet, 2) * 256 + number_at(packet, 3);
    fuzz::expect(header_size >= 20 && total_size <= packet.size(), "its sizes make sense");
    fuzz::expect(header_size + read.message.size() == total_size &&
                     read.message.data() == packet.data() + header_size,
                 "the message is what follows the header, up to the total length");
    fuzz::expect(number_at(packet, 9) == 112, "it is protocol 112");
    fuzz::expect((number_at(packet, 6) & 0x3fU) == 0 && number_at(packet, 7) == 0,
                 "it is no fragment");
    fuzz::expect(read.context.ttl == number_at(packet, 8) &&
                     std::ranges::equal(read.context.source.bytes(), packet.subspan(12, 4)) &&
                     std::ranges::equal(read.context.destination.bytes(), packet.subspan(16, 4)),
                 "TTL and addresses are the header's");
}

void check_padding(const net::IpPacket& read, Bytes packet) {
    std::vector<std::byte> padded(packet.begin(), packet.end());
    padded.push_back(std::byte{0x55});
    const auto again = net::decode_ip_packet(padded);
    fuzz::expect(again && std::ranges::equal(again->message, read.message),
                 "what follows a packet means nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes packet = fuzz::Input(data, size).rest();
    const auto read = net::decode_ip_packet(packet);
    if (read) {
        check_packet(*read, packet);
        check_padding(*read, packet);
        static_cast<void>(vrrp::decode(read->message, read->context));
    }
    return 0;
}
