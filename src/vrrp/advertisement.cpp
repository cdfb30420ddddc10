#include "vrrp/advertisement.hpp"

#include "vrrp/internet_checksum.hpp"

#include <algorithm>
#include <cassert>
#include <optional>

namespace vrrp {

namespace {

// RFC 3768 section 5.1, RFC 9568 section 5.1: eight bytes, the addresses,
// and in version 2 eight bytes of authentication data.
constexpr std::size_t header_size = 8;
constexpr std::size_t auth_data_size = 8;
constexpr unsigned type_advertisement = 1;
constexpr std::uint8_t protocol = 112;
constexpr Centiseconds one_second{100};
constexpr Centiseconds longest_interval{4095};  // of version 3, which has twelve bits for it

unsigned byte_at(std::span<const std::byte> bytes, std::size_t index) {
    return std::to_integer<unsigned>(bytes[index]);
}

/// What both versions have in common.
Advertisement read_header(std::span<const std::byte> message, Version version, Family family) {
    Advertisement advertisement;
    advertisement.version = version;
    advertisement.virtual_router_id = std::to_integer<std::uint8_t>(message[1]);
    advertisement.priority = std::to_integer<std::uint8_t>(message[2]);
    advertisement.addresses = AddressList(
        family, message.subspan(header_size, byte_at(message, 3) * address_size(family)));
    return advertisement;
}

std::expected<Advertisement, DecodeError> decode_v2(std::span<const std::byte> message) {
    const std::size_t size =
        header_size + byte_at(message, 3) * address_size(Family::ipv4) + auth_data_size;
    if (message.size() < size) {
        return std::unexpected(DecodeError::truncated);
    }
    if (checksum_of(sum_of_words(message.first(size))) != 0) {
        return std::unexpected(DecodeError::checksum);
    }
    const unsigned auth_type = byte_at(message, 4);
    if (auth_type > static_cast<unsigned>(AuthType::authentication_header)) {
        return std::unexpected(DecodeError::auth_type);
    }
    const unsigned seconds = byte_at(message, 5);
    if (seconds == 0) {
        return std::unexpected(DecodeError::interval);
    }
    Advertisement advertisement = read_header(message, Version::v2, Family::ipv4);
    advertisement.interval = static_cast<int>(seconds) * one_second;
    advertisement.auth_type = static_cast<AuthType>(auth_type);
    if (advertisement.auth_type == AuthType::simple_password) {
        std::ranges::copy(message.subspan(size - auth_data_size, auth_data_size),
                          advertisement.password.begin());
    }
    return advertisement;
}

/// Which form the checksum has, if it is right in any. Over IPv6 there is only one.
std::optional<ChecksumForm> checksum_form_of(std::span<const std::byte> message,
                                             const PacketContext& packet) {
    const std::uint64_t sum = sum_of_words(message);
    if (checksum_of(sum + sum_of_pseudo_header(packet.source, packet.destination, message.size(),
                                               protocol)) == 0) {
        return ChecksumForm::pseudo_header;
    }
    if (packet.source.family() == Family::ipv4 && checksum_of(sum) == 0) {
        return ChecksumForm::message;
    }
    return std::nullopt;
}

std::expected<Advertisement, DecodeError> decode_v3(std::span<const std::byte> message,
                                                    const PacketContext& packet) {
    const Family family = packet.source.family();
    const std::size_t size = header_size + byte_at(message, 3) * address_size(family);
    if (message.size() < size) {
        return std::unexpected(DecodeError::truncated);
    }
    const auto form = checksum_form_of(message.first(size), packet);
    if (!form) {
        return std::unexpected(DecodeError::checksum);
    }
    // RFC 9568 section 5.2.6: the upper four bits are reserved, and ignored. Erratum 8301: zero
    // would make every backup a master at once.
    const unsigned interval = (byte_at(message, 4) & 0x0f) << 8 | byte_at(message, 5);
    if (interval == 0) {
        return std::unexpected(DecodeError::interval);
    }
    Advertisement advertisement = read_header(message, Version::v3, family);
    advertisement.interval = Centiseconds(interval);
    advertisement.checksum_form = *form;
    return advertisement;
}

}  // namespace

IpAddress AddressList::operator[](std::size_t index) const {
    assert(index < size());
    return IpAddress::from_bytes(family_, bytes_.subspan(index * address_size(family_)));
}

bool AddressList::is_same_set(const AddressList& other) const {
    if (family_ != other.family_ || size() != other.size()) {
        return false;
    }
    if (std::ranges::equal(bytes_, other.bytes_)) {
        return true;
    }
    const auto has = [](const AddressList& list, const IpAddress& address) {
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (list[i] == address) {
                return true;
            }
        }
        return false;
    };
    for (std::size_t i = 0; i < size(); ++i) {
        if (!has(other, (*this)[i]) || !has(*this, other[i])) {
            return false;
        }
    }
    return true;
}

std::string_view to_text(DecodeError error) {
    switch (error) {
        case DecodeError::ttl: return "ttl";
        case DecodeError::truncated: return "truncated";
        case DecodeError::version: return "version";
        case DecodeError::type: return "type";
        case DecodeError::checksum: return "checksum";
        case DecodeError::router_id: return "router id";
        case DecodeError::no_addresses: return "no addresses";
        case DecodeError::interval: return "interval";
        case DecodeError::auth_type: return "authentication type";
    }
    return "?";
}

std::expected<Advertisement, DecodeError> decode(std::span<const std::byte> message,
                                                 const PacketContext& packet) {
    // RFC 9568 section 7.1, in its order: the TTL shows that no router forwarded the packet.
    if (packet.destination.is_multicast() && packet.ttl != 255) {
        return std::unexpected(DecodeError::ttl);
    }
    if (message.size() < header_size) {
        return std::unexpected(DecodeError::truncated);
    }
    const unsigned version = byte_at(message, 0) >> 4;
    const bool is_v2 =
        version == static_cast<unsigned>(Version::v2) && packet.source.family() == Family::ipv4;
    if (!is_v2 && version != static_cast<unsigned>(Version::v3)) {
        return std::unexpected(DecodeError::version);
    }
    if ((byte_at(message, 0) & 0x0f) != type_advertisement) {
        return std::unexpected(DecodeError::type);
    }
    if (byte_at(message, 1) == 0) {
        return std::unexpected(DecodeError::router_id);
    }
    // RFC 9568 section 5.2.5, erratum 8299. RFC 3768 has no such rule, and routers that move things
    // by scripts alone have no address to tell.
    if (!is_v2 && byte_at(message, 3) == 0) {
        return std::unexpected(DecodeError::no_addresses);
    }
    return is_v2 ? decode_v2(message) : decode_v3(message, packet);
}

std::size_t message_size(const Advertisement& advertisement) {
    return header_size + advertisement.addresses.bytes().size() +
           (advertisement.version == Version::v2 ? auth_data_size : 0);
}

std::span<const std::byte> encode(const Advertisement& advertisement, const PacketContext& packet,
                                  std::span<std::byte> buffer) {
    const bool is_v2 = advertisement.version == Version::v2;
    const std::size_t size = message_size(advertisement);
    assert(buffer.size() >= size && advertisement.addresses.size() <= 255);
    assert(advertisement.interval.count() > 0);
    assert(is_v2 || advertisement.interval.count() <= longest_interval.count());
    const auto message = buffer.first(size);
    std::ranges::fill(message, std::byte{0});

    const auto put = [&message](std::size_t index, auto value) {
        message[index] = static_cast<std::byte>(value);
    };
    put(0, (static_cast<unsigned>(advertisement.version) << 4) | type_advertisement);
    put(1, advertisement.virtual_router_id);
    put(2, advertisement.priority);
    put(3, advertisement.addresses.size());
    std::ranges::copy(advertisement.addresses.bytes(), message.subspan(header_size).begin());
    if (is_v2) {
        put(4, advertisement.auth_type);
        put(5, advertisement.interval / one_second);
        std::ranges::copy(advertisement.password, message.last(auth_data_size).begin());
    } else {
        put(4, advertisement.interval.count() >> 8);
        put(5, advertisement.interval.count() & 0xff);
    }
    const bool has_pseudo_header =
        !is_v2 && (advertisement.addresses.family() == Family::ipv6 ||
                   advertisement.checksum_form == ChecksumForm::pseudo_header);
    const std::uint64_t pseudo_header =
        has_pseudo_header ? sum_of_pseudo_header(packet.source, packet.destination, size, protocol)
                          : 0;
    const std::uint16_t sum = checksum_of(sum_of_words(message) + pseudo_header);
    put(6, sum >> 8);
    put(7, sum & 0xff);
    return message;
}

}  // namespace vrrp
