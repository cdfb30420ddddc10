#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "auth/authentication_header.hpp"
#include "fuzz/fuzz.hpp"

// An input is a flag, a place and a change of one byte there, and bytes: a whole IPv4 packet, or
// where the flag says so a message that is wrapped into one, changed and opened.

namespace {

using Bytes = std::vector<std::byte>;

constexpr auth::WallTime now{std::chrono::hours(500'000)};
constexpr std::size_t headers_size = auth::ipv4_header_size + auth::authentication_header_size;
constexpr std::size_t longest_message = 1100;  // of version 2: 255 addresses
const vrrp::PacketContext context{.source = vrrp::IpAddress(192, 0, 2, 1),
                                  .destination = vrrp::IpAddress(224, 0, 0, 18),
                                  .ttl = 255};

auth::AuthenticationHeader make() {
    auto header = auth::AuthenticationHeader::create({std::byte{'1'}});
    fuzz::expect(header.has_value(), "libcrypto has MD5");
    return std::move(*header);
}

void check_packet(const auth::AuthenticationHeader& receiver, const Bytes& packet) {
    const auto opened = receiver.open(packet);
    if (opened) {
        // The corpus has real ones.
        fuzz::expect(
            opened->message.data() >= packet.data() + headers_size &&
                opened->message.data() + opened->message.size() <= packet.data() + packet.size(),
            "the message is a view of the packet");
        fuzz::expect(opened->proof.is_authenticated(), "what is opened is authenticated");
    }
}

void check_wrapped(auth::AuthenticationHeader& host, const Bytes& message, std::size_t place,
                   std::byte change) {
    Bytes packet(headers_size + message.size());
    const auto wrapped = host.wrap(host.next_advert(now), message, context, packet);
    fuzz::expect(wrapped && wrapped->size() == packet.size(), "a message is wrapped");
    const std::size_t at = place % packet.size();
    packet[at] ^= change;
    const auto opened = host.open(packet);
    if (change == std::byte{0}) {
        fuzz::expect(opened && std::ranges::equal(opened->message, message),
                     "what was wrapped is opened");
        host.accept(opened->proof);
        fuzz::expect(!host.open(packet), "a replay is refused");
    } else if (at >= auth::ipv4_header_size) {
        fuzz::expect(!opened, "a changed byte is refused");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const bool wraps = (input.number() & 1U) != 0;
    const std::size_t place = input.number();
    const std::byte change{input.number()};
    Bytes bytes(input.rest().begin(), input.rest().end());
    bytes.shrink_to_fit();  // so that AddressSanitizer sees each byte that is read beyond it
    auth::AuthenticationHeader host = make();
    if (wraps) {
        bytes.resize(std::min(bytes.size(), longest_message));
        check_wrapped(host, bytes, place, change);
    } else {
        check_packet(host, bytes);
    }
    return 0;
}
