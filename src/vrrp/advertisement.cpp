#include "vrrp/advertisement.hpp"

#include <algorithm>
#include <cassert>

namespace vrrp {

namespace {

// RFC 3768 section 5.1: eight bytes, the addresses, eight bytes of authentication data.
constexpr std::size_t header_size = 8;
constexpr std::size_t auth_data_size = 8;
constexpr unsigned type_advertisement = 1;
constexpr unsigned auth_none = 0;
constexpr unsigned auth_simple_password = 1;
constexpr Centiseconds one_second{100};

unsigned byte_at(std::span<const std::byte> bytes, std::size_t index) {
    return std::to_integer<unsigned>(bytes[index]);
}

/// The internet checksum (RFC 1071) of an even number of bytes; 0 over a message that carries the
/// right one.
std::uint16_t checksum(std::span<const std::byte> bytes) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        sum += (byte_at(bytes, i) << 8) | byte_at(bytes, i + 1);
    }
    while (sum > 0xffff) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return static_cast<std::uint16_t>(~sum & 0xffff);
}

Password read_password(std::span<const std::byte> bytes) {
    Password password{};
    std::copy_n(bytes.begin(), password.size(), password.begin());
    return password;
}

std::expected<Advertisement, DecodeError> decode_v2(std::span<const std::byte> message) {
    const std::size_t count = byte_at(message, 3);
    if (count == 0) {
        return std::unexpected(DecodeError::no_addresses);
    }
    const std::size_t addresses_size = count * address_size(Family::ipv4);
    const std::size_t size = header_size + addresses_size + auth_data_size;
    if (message.size() < size) {
        return std::unexpected(DecodeError::truncated);
    }
    if (checksum(message.first(size)) != 0) {
        return std::unexpected(DecodeError::checksum);
    }
    const unsigned auth_type = byte_at(message, 4);
    if (auth_type != auth_none && auth_type != auth_simple_password) {
        return std::unexpected(DecodeError::auth_type);
    }
    const unsigned seconds = byte_at(message, 5);
    if (seconds == 0) {
        return std::unexpected(DecodeError::interval);
    }
    Advertisement advertisement;
    advertisement.virtual_router_id = std::to_integer<std::uint8_t>(message[1]);
    advertisement.priority = std::to_integer<std::uint8_t>(message[2]);
    advertisement.interval = static_cast<int>(seconds) * one_second;
    advertisement.addresses =
        AddressList(Family::ipv4, message.subspan(header_size, addresses_size));
    if (auth_type == auth_simple_password) {
        advertisement.password = read_password(message.subspan(header_size + addresses_size));
    }
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
    // RFC 3768 section 7.1, in its order: the TTL shows that no router forwarded the packet.
    if (packet.ttl != 255) {
        return std::unexpected(DecodeError::ttl);
    }
    if (message.size() < header_size) {
        return std::unexpected(DecodeError::truncated);
    }
    if (byte_at(message, 0) >> 4 != static_cast<unsigned>(Version::v2)) {
        return std::unexpected(DecodeError::version);
    }
    if ((byte_at(message, 0) & 0x0f) != type_advertisement) {
        return std::unexpected(DecodeError::type);
    }
    if (byte_at(message, 1) == 0) {
        return std::unexpected(DecodeError::router_id);
    }
    return decode_v2(message);
}

std::span<const std::byte> encode(const Advertisement& advertisement, std::span<std::byte> buffer) {
    assert(advertisement.version == Version::v2);
    const auto addresses = advertisement.addresses.bytes();
    const std::size_t size = header_size + addresses.size() + auth_data_size;
    assert(buffer.size() >= size && advertisement.addresses.size() <= 255);
    const auto message = buffer.first(size);
    std::ranges::fill(message, std::byte{0});

    const auto put = [&message](std::size_t index, auto value) {
        message[index] = static_cast<std::byte>(value);
    };
    put(0, (static_cast<unsigned>(advertisement.version) << 4) | type_advertisement);
    put(1, advertisement.virtual_router_id);
    put(2, advertisement.priority);
    put(3, advertisement.addresses.size());
    put(4, advertisement.password ? auth_simple_password : auth_none);
    put(5, advertisement.interval / one_second);
    std::ranges::copy(addresses, message.subspan(header_size).begin());
    if (advertisement.password) {
        std::ranges::copy(*advertisement.password, message.last(auth_data_size).begin());
    }
    const std::uint16_t sum = checksum(message);
    put(6, sum >> 8);
    put(7, sum & 0xff);
    return message;
}

}  // namespace vrrp
