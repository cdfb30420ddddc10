#include "auth/authentication_header.hpp"
#include "auth/authenticator.hpp"
#include "bytes.hpp"
#include "catch2.hpp"
#include "count_allocations.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace auth {

using namespace std::chrono_literals;

TEST_CASE("adverts are signed, checked and accepted without an allocation of ours", "[auth]") {
    auto trailers = Authenticator::create({.keys = {{.id = 1, .secret = counting(0, 32)}}}, {});
    auto headers = AuthenticationHeader::create({std::byte{'1'}});
    REQUIRE((trailers && headers));
    const Bytes message = from_hex("3133c80100644402c0000264");
    std::array<std::byte, 128> buffer{};
    std::ranges::copy(message, buffer.begin());
    std::array<std::byte, 128> packet;
    WallTime now{1h};
    int accepted = 0;
    const std::size_t before = test::count_allocations();

    for (std::uint8_t host = 1; host <= 40; ++host) {  // more than there are places for
        now += 1s;
        const vrrp::PacketContext context{.source = vrrp::IpAddress(192, 0, 2, host),
                                          .destination = vrrp::IpAddress(224, 0, 0, 18),
                                          .ttl = 255};
        const auto payload = trailers->sign(buffer, message.size(), context.source, now);
        const auto proof = trailers->check(*payload, message.size(), context, now);
        trailers->accept(*proof);
        const auto wrapped = headers->wrap(headers->next_advert(now), message, context, packet);
        const auto opened = headers->open(*wrapped);
        headers->accept(opened->proof);
        accepted += proof && opened ? 1 : 0;
    }

    CHECK(test::count_allocations() == before);
    CHECK(accepted == 40);
}

}  // namespace auth
