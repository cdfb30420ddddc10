#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <random>

#include "catch2.hpp"
#include "vrrp/messages.hpp"

// S-16: whatever arrives is an advertisement or an error, and an advertisement can be written back.
namespace vrrp::test {

namespace {

const std::array recorded{Recorded{plain, usual_packet, ChecksumForm::message},
                          Recorded{farewell, usual_packet, ChecksumForm::message},
                          Recorded{with_password, usual_packet, ChecksumForm::message},
                          third_recorded[0],
                          third_recorded[1],
                          third_recorded[2],
                          third_recorded[3]};

bool is_same(const Advertisement& a, const Advertisement& b) {
    return a.version == b.version && a.virtual_router_id == b.virtual_router_id &&
           a.priority == b.priority && a.interval == b.interval && a.auth_type == b.auth_type &&
           a.password == b.password && a.checksum_form == b.checksum_form &&
           a.addresses.family() == b.addresses.family() &&
           std::ranges::equal(a.addresses.bytes(), b.addresses.bytes());
}

/// What encode() would not write: reserved bits, data that its type ignores, the other zero of the
/// checksum, bytes behind the message.
bool is_canonical(const Bytes& message, const Advertisement& advertisement) {
    const bool is_second = advertisement.version == Version::v2;
    const bool has_reserved = !is_second && std::to_integer<unsigned>(message[4]) > 0x0f;
    const bool has_ignored =
        is_second && advertisement.auth_type != AuthType::simple_password &&
        std::ranges::any_of(message.end() - 8, message.end(),
                            [](std::byte byte) { return byte != std::byte{}; });
    const bool has_other_zero = message[6] == message[7] && (message[6] == std::byte{0xff});
    return !has_reserved && !has_ignored && !has_other_zero &&
           message.size() == message_size(advertisement);
}

struct Counts {
    int accepted = 0;
    int identical = 0;
};

void check(const Bytes& message, const PacketContext& packet, Counts& counts) {
    const auto advertisement = decode(message, packet);
    if (!advertisement) {
        return;
    }
    ++counts.accepted;
    const Bytes written = encoded(*advertisement, packet);
    const auto again = decode(written, packet);
    if (!again || !is_same(*again, *advertisement)) {
        FAIL("an accepted message is not read back");
    }
    if (is_canonical(message, *advertisement)) {
        ++counts.identical;
        if (written != message) {
            FAIL("an accepted message is not written back");
        }
    }
}

/// Some bytes changed, some cut off or added; in most the checksum made right again.
Bytes mutated(std::mt19937& random, const Recorded& from) {
    Bytes message = bytes_of(from.hex);
    for (auto changes = random() % 4; changes > 0; --changes) {
        message[random() % message.size()] = static_cast<std::byte>(random() % 256);
    }
    if (random() % 4 == 0) {
        message.resize(8 + random() % 40, std::byte{0x5a});
    }
    if (random() % 8 > 0) {
        mend_checksum(message, from.pseudo_header());
    }
    return message;
}

}  // namespace

TEST_CASE("changed messages are refused, or read and written back as they are", "[vrrp]") {
    std::mt19937 random(4095);
    Counts counts;
    for (int i = 0; i < 100'000; ++i) {
        const Recorded& from = recorded[random() % recorded.size()];
        check(mutated(random, from), from.packet, counts);
    }
    CHECK(counts.accepted > 10'000);
    CHECK(counts.identical > 10'000);
}

TEST_CASE("bytes without meaning are refused, whatever packet carries them", "[vrrp]") {
    std::mt19937 random(112);
    Counts counts;
    for (int i = 0; i < 100'000; ++i) {
        Bytes message(random() % 64);
        std::ranges::generate(message, [&] { return static_cast<std::byte>(random() % 256); });
        const Recorded& from = recorded[random() % recorded.size()];
        check(message, from.packet, counts);
    }
    CHECK(counts.accepted < 10);
}

}  // namespace vrrp::test
