#include "auth/authentication_header.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <limits>
#include <optional>
#include <utility>

#include "vrrp/internet_checksum.hpp"

namespace auth {

namespace {

constexpr std::size_t places = 16;
constexpr std::size_t longest_ipv4_header_size = 60;
constexpr std::size_t value_size = 12;  // RFC 2403: the first 96 bits
constexpr std::byte next_header{112};
constexpr std::byte length_field{4};  // 32-bit words, less two: RFC 2402 section 2.2
constexpr std::size_t sequence_offset = 8;
constexpr std::size_t value_offset = 12;

// Where a clock that runs ahead may bring the sequence number (the year 2097): there is no way
// back.
constexpr std::int64_t latest_time = 0xf0000000;

using CheckValue = std::array<std::byte, value_size>;

template <typename Number>
void write(std::span<std::byte> bytes, std::size_t offset, Number number) {
    for (std::size_t index = 0; index < sizeof(Number); ++index) {
        bytes[offset + index] = static_cast<std::byte>(number >> 8 * (sizeof(Number) - 1 - index));
    }
}

std::uint32_t read(std::span<const std::byte> bytes, std::size_t offset, std::size_t size) {
    std::uint32_t number = 0;
    for (const std::byte byte : bytes.subspan(offset, size)) {
        number = number << 8 | std::to_integer<std::uint32_t>(byte);
    }
    return number;
}

bool is_multicast(std::span<const std::byte> ipv4_header) {
    return (ipv4_header[16] & std::byte{0xf0}) == std::byte{0xe0};
}

/// The HMAC over what does not change on the way. keepalived keeps the TTL where routers must not
/// have touched it: on multicast.
std::optional<CheckValue> check_value(const Hmac& key, std::span<const std::byte> ipv4_header,
                                      std::span<const std::byte> header_and_message) {
    std::array<std::byte, longest_ipv4_header_size> buffer;
    const auto fixed = std::span(buffer).first(ipv4_header.size());
    std::ranges::copy(ipv4_header, fixed.begin());
    write(fixed, 1, std::uint8_t{0});    // type of service
    write(fixed, 6, std::uint16_t{0});   // fragments
    write(fixed, 10, std::uint16_t{0});  // checksum
    if (!is_multicast(ipv4_header)) {
        write(fixed, 8, std::uint8_t{0});  // TTL
    }
    constexpr CheckValue no_value{};
    CheckValue value;
    const bool is_computed = key.compute({fixed, header_and_message.first(value_offset), no_value,
                                          header_and_message.subspan(authentication_header_size)},
                                         value);
    return is_computed ? std::optional(value) : std::nullopt;
}

/// A packet whose sizes and protocols are right, cut where its parts meet.
struct Parts {
    std::span<const std::byte> ipv4_header;
    std::span<const std::byte> rest;  ///< authentication header and message
};

std::optional<Parts> take_apart(std::span<const std::byte> packet) {
    if (packet.size() < ipv4_header_size) {
        return std::nullopt;
    }
    const std::size_t header_size = 4 * std::to_integer<std::size_t>(packet[0] & std::byte{0x0f});
    const std::size_t total_size = read(packet, 2, 2);
    const bool is_fragment = (read(packet, 6, 2) & 0x3fff) != 0;  // more to come, or an offset
    const bool has_sane_sizes = header_size >= ipv4_header_size &&
                                header_size + authentication_header_size <= total_size &&
                                total_size <= packet.size();
    if ((packet[0] >> 4) != std::byte{4} || !has_sane_sizes || is_fragment ||
        packet[9] != std::byte{authentication_header_protocol}) {
        return std::nullopt;
    }
    const Parts parts{.ipv4_header = packet.first(header_size),
                      .rest = packet.subspan(header_size, total_size - header_size)};
    const bool is_ours = parts.rest[0] == next_header && parts.rest[1] == length_field;
    return is_ours ? std::optional(parts) : std::nullopt;
}

vrrp::IpAddress read_address(std::span<const std::byte> ipv4_header, std::size_t offset) {
    return vrrp::IpAddress::from_bytes(vrrp::Family::ipv4, ipv4_header.subspan(offset, 4));
}

void write_ipv4_header(std::span<std::byte> header, const AdvertNumbers& numbers,
                       const vrrp::PacketContext& context, std::size_t total_size) {
    write(header, 0, std::uint16_t{0x45c0});  // version 4, five words, internetwork control
    write(header, 2, static_cast<std::uint16_t>(total_size));
    write(header, 4, numbers.identification);
    write(header, 6, std::uint16_t{0});
    write(header, 8, context.ttl);
    write(header, 9, static_cast<std::uint8_t>(authentication_header_protocol));
    write(header, 10, std::uint16_t{0});
    std::ranges::copy(context.source.bytes(), header.begin() + 12);
    std::ranges::copy(context.destination.bytes(), header.begin() + 16);
    write(header, 10, vrrp::checksum_of(vrrp::sum_of_words(header)));
}

}  // namespace

AuthenticationHeader::AuthenticationHeader(Hmac key) : key_(std::move(key)), senders_(places) {}

std::expected<AuthenticationHeader, std::string> AuthenticationHeader::create(
    const vrrp::Password& key) {
    auto hmac = Hmac::create(Hash::md5, key);
    if (!hmac) {
        return std::unexpected("HMAC-MD5: " + hmac.error());
    }
    return AuthenticationHeader(std::move(*hmac));
}

void AuthenticationHeader::adopt(const AuthenticationHeader& before) {
    senders_.adopt(before.senders_);
    identification_ = before.identification_;
    highest_ = before.highest_;
}

AdvertNumbers AuthenticationHeader::next_advert(WallTime now) {
    identification_ =
        identification_ == 0xffff ? 1 : static_cast<std::uint16_t>(identification_ + 1);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    const auto time = static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 0, latest_time));
    // At the very end it stays: RFC 2402 section 3.3.2 forbids to begin again with the same key.
    const bool is_last = highest_ == std::numeric_limits<std::uint32_t>::max();
    highest_ = std::max(time, is_last ? highest_ : highest_ + 1);
    return {.identification = identification_, .sequence = highest_};
}

std::expected<std::span<const std::byte>, AuthError> AuthenticationHeader::wrap(
    const AdvertNumbers& numbers, std::span<const std::byte> message,
    const vrrp::PacketContext& context, std::span<std::byte> buffer) const {
    const std::size_t total_size = ipv4_header_size + authentication_header_size + message.size();
    assert(total_size <= buffer.size() && total_size <= 0xffff);
    assert(context.source.family() == vrrp::Family::ipv4);
    assert(context.destination.family() == vrrp::Family::ipv4);
    const auto header = buffer.first(ipv4_header_size);
    const auto rest = buffer.subspan(ipv4_header_size, total_size - ipv4_header_size);
    write_ipv4_header(header, numbers, context, total_size);
    rest[0] = next_header;
    rest[1] = length_field;
    write(rest, 2, std::uint16_t{0});
    std::ranges::copy(context.source.bytes(), rest.begin() + 4);  // the SPI
    write(rest, sequence_offset, numbers.sequence);
    std::ranges::copy(message, rest.begin() + authentication_header_size);
    const auto value = check_value(key_, header, rest);
    if (!value) {
        return std::unexpected(AuthError::unavailable);
    }
    std::ranges::copy(*value, rest.begin() + value_offset);
    return buffer.first(total_size);
}

std::expected<AuthenticatedPacket, AuthError> AuthenticationHeader::open(
    std::span<const std::byte> packet) const {
    const auto parts = take_apart(packet);
    if (!parts) {
        return std::unexpected(AuthError::malformed);
    }
    const auto value = check_value(key_, parts->ipv4_header, parts->rest);
    if (!value) {
        return std::unexpected(AuthError::unavailable);
    }
    if (!is_equal(*value, parts->rest.subspan(value_offset, value_size))) {
        return std::unexpected(AuthError::wrong_hmac);
    }
    const auto source = read_address(parts->ipv4_header, 12);
    if (!std::ranges::equal(source.bytes(), parts->rest.subspan(4, 4))) {
        return std::unexpected(AuthError::wrong_spi);
    }
    const Sequence sequence = read(parts->rest, sequence_offset, 4);
    const auto last = senders_.last(source);
    if (last && sequence <= *last) {
        return std::unexpected(AuthError::replayed);
    }
    Proof proof;
    proof.sender_ = source;
    proof.sequence_ = sequence;
    proof.seen_ = last;
    return AuthenticatedPacket{
        .context = {.source = source,
                    .destination = read_address(parts->ipv4_header, 16),
                    .ttl = std::to_integer<std::uint8_t>(parts->ipv4_header[8])},
        .message = parts->rest.subspan(authentication_header_size),
        .proof = proof,
    };
}

void AuthenticationHeader::note(const Proof& proof) {
    if (proof.sequence_) {
        highest_ = std::max(highest_, static_cast<std::uint32_t>(*proof.sequence_));
    }
}

void AuthenticationHeader::accept(const Proof& proof) {
    note(proof);
    if (proof.sequence_) {
        senders_.accept(proof.sender_, proof.seen_, *proof.sequence_);
    }
}

}  // namespace auth
