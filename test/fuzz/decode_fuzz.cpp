#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "vrrp/advertisement.hpp"

// An input is one byte of flags, one of TTL, and the message. A flag has the checksum mended first:
// nearly all that a fuzzer makes up would end there.

namespace {

using vrrp::Advertisement;
using vrrp::AuthType;
using vrrp::ChecksumForm;
using vrrp::Family;
using vrrp::IpAddress;
using vrrp::PacketContext;
using vrrp::Version;
using Bytes = std::vector<std::byte>;

constexpr std::size_t header_size = 8;
constexpr std::size_t checksum_offset = 6;

enum Flag : unsigned {
    is_ipv6 = 1,
    is_unicast = 2,
    has_ttl = 4,  ///< the second byte; otherwise it is 255
    mend = 8,     ///< the checksum
    mend_with_pseudo_header = 16,
    has_strange_source = 32,  ///< all ones, for which no host can send
};

IpAddress ipv6(unsigned first, unsigned second, unsigned last) {
    std::array<std::byte, 16> bytes{};
    bytes[0] = static_cast<std::byte>(first);
    bytes[1] = static_cast<std::byte>(second);
    bytes[15] = static_cast<std::byte>(last);
    return IpAddress::from_bytes(Family::ipv6, bytes);
}

/// The addresses are those of the vectors that the corpus begins with.
PacketContext read_context(fuzz::Input& input, unsigned flags) {
    const bool six = (flags & is_ipv6) != 0;
    const IpAddress source = six ? ipv6(0xfe, 0x80, 1) : IpAddress(192, 0, 2, 1);
    const IpAddress strange = six ? ipv6(0xff, 0xff, 0xff) : IpAddress(255, 255, 255, 255);
    const IpAddress group = six ? ipv6(0xff, 0x02, 0x12) : IpAddress(224, 0, 0, 18);
    const IpAddress other_host = six ? ipv6(0xfe, 0x80, 2) : IpAddress(192, 0, 2, 2);
    const std::uint8_t ttl = input.number();
    return {.source = (flags & has_strange_source) != 0 ? strange : source,
            .destination = (flags & is_unicast) != 0 ? other_host : group,
            .ttl = (flags & has_ttl) != 0 ? ttl : std::uint8_t{255}};
}

unsigned number_at(std::span<const std::byte> bytes, std::size_t offset) {
    return std::to_integer<unsigned>(bytes[offset]);
}

/// RFC 1071, of any number of bytes; not folded.
std::uint32_t sum_of(std::span<const std::byte> bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        sum += number_at(bytes, i) << (i % 2 == 0 ? 8U : 0U);
    }
    return sum;
}

/// As long as its own version and count say, if there is so much of it.
std::size_t message_size(std::span<const std::byte> message, Family family) {
    const bool is_v2 = number_at(message, 0) >> 4U == 2;
    const Family carried = is_v2 ? Family::ipv4 : family;
    const std::size_t addresses = number_at(message, 3) * vrrp::address_size(carried);
    return std::min(message.size(), header_size + addresses + (is_v2 ? 8 : 0));
}

void mend_checksum(Bytes& message, const PacketContext& packet, bool has_pseudo_header) {
    if (message.size() < header_size) {
        return;
    }
    message[checksum_offset] = message[checksum_offset + 1] = std::byte{0};
    const std::size_t size = message_size(message, packet.source.family());
    std::uint32_t sum = sum_of(std::span(message).first(size));
    if (has_pseudo_header) {
        sum += sum_of(packet.source.bytes()) + sum_of(packet.destination.bytes());
        sum += static_cast<std::uint32_t>(size) + 112U;
    }
    while (sum > 0xffff) {
        sum = (sum & 0xffffU) + (sum >> 16U);
    }
    message[checksum_offset] = static_cast<std::byte>(~sum >> 8U & 0xffU);
    message[checksum_offset + 1] = static_cast<std::byte>(~sum & 0xffU);
}

bool is_same(const Advertisement& a, const Advertisement& b) {
    return a.version == b.version && a.virtual_router_id == b.virtual_router_id &&
           a.priority == b.priority && a.interval == b.interval && a.auth_type == b.auth_type &&
           a.password == b.password && a.checksum_form == b.checksum_form &&
           std::ranges::equal(a.addresses.bytes(), b.addresses.bytes());
}

/// The interval as the message's own version says it, in hundredths of a second.
unsigned interval_of(std::span<const std::byte> message) {
    const bool is_v2 = number_at(message, 0) >> 4U == 2;
    return is_v2 ? number_at(message, 5) * 100
                 : (number_at(message, 4) & 0xfU) << 8U | number_at(message, 5);
}

void check_values(const Advertisement& read, std::span<const std::byte> message,
                  const PacketContext& packet) {
    fuzz::expect(packet.ttl == 255 || !packet.destination.is_multicast(),
                 "multicast that came through a router is refused");
    fuzz::expect(number_at(message, 0) == (static_cast<unsigned>(read.version) << 4U | 1U) &&
                     (read.version == Version::v3 || packet.source.family() == Family::ipv4),
                 "it is an advertisement of version 3, or over IPv4 of version 2");
    fuzz::expect(read.virtual_router_id == number_at(message, 1) && read.virtual_router_id != 0,
                 "a router id is 1 to 255");
    fuzz::expect(
        read.interval == vrrp::Centiseconds(interval_of(message)) && read.interval.count() > 0,
        "an interval is not 0");
    const auto addresses = read.addresses.bytes();
    fuzz::expect(read.addresses.size() == number_at(message, 3) &&
                     (!addresses.empty() || read.version == Version::v2) &&
                     read.addresses.family() == packet.source.family(),
                 "there are as many addresses as the count says, and in version 3 at least one");
    fuzz::expect(addresses.data() == message.data() + header_size &&
                     header_size + addresses.size() <= message.size(),
                 "the addresses are a view of the message");
}

bool has_pseudo_header(const Advertisement& read) {
    return read.version == Version::v3 && (read.addresses.family() == Family::ipv6 ||
                                           read.checksum_form == ChecksumForm::pseudo_header);
}

/// The message without what may differ and means nothing.
Bytes canonical(const Advertisement& read, std::span<const std::byte> message,
                const PacketContext& packet) {
    const auto own = message.first(message_size(message, packet.source.family()));
    Bytes bytes(own.begin(), own.end());
    if (read.version == Version::v3) {
        bytes[4] &= std::byte{0x0f};
    } else if (read.auth_type != AuthType::simple_password) {
        std::fill(bytes.end() - 8, bytes.end(), std::byte{0});
    }
    // One's complement has two zeros.
    const bool has_other_zero =
        number_at(own, checksum_offset) == 0xff && number_at(own, checksum_offset + 1) == 0xff;
    if (has_other_zero || !std::ranges::equal(bytes, own)) {
        mend_checksum(bytes, packet, has_pseudo_header(read));
    }
    return bytes;
}

void check_round_trip(const Advertisement& read, std::span<const std::byte> message,
                      const PacketContext& packet) {
    std::array<std::byte, vrrp::max_message_size> buffer{};
    const auto encoded = vrrp::encode(read, packet, buffer);
    fuzz::expect(encoded.size() == vrrp::message_size(read), "a message's size is known before");
    fuzz::expect(std::ranges::equal(encoded, canonical(read, message, packet)),
                 "encode writes what decode has read");
    const auto again = vrrp::decode(encoded, packet);
    fuzz::expect(again.has_value() && is_same(*again, read), "decode reads what encode writes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const unsigned flags = input.number();
    const PacketContext packet = read_context(input, flags);
    Bytes message(input.rest().begin(), input.rest().end());
    message.shrink_to_fit();  // so that AddressSanitizer sees each byte that is read beyond it
    if ((flags & mend) != 0) {
        mend_checksum(message, packet, (flags & mend_with_pseudo_header) != 0);
    }
    const auto read = vrrp::decode(message, packet);
    if (read) {
        check_values(*read, message, packet);
        check_round_trip(*read, message, packet);
    } else {
        fuzz::expect(vrrp::to_text(read.error()) != "?", "an error has a name");
    }
    return 0;
}
