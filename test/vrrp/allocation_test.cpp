#include "catch2.hpp"
#include "count_allocations.hpp"
#include "vrrp/advertisement.hpp"
#include "vrrp/virtual_router.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace vrrp::test {

namespace {

using namespace std::chrono_literals;

/// What the advert path does in ten seconds, as a backup, a master and a leaving one.
struct Counted {
    std::size_t allocations = 0;
    std::size_t effects = 0;
    bool became_master = false;
};

Counted run(const RouterConfig& config, const PacketContext& packet, const IpAddress& source) {
    VirtualRouter router(config);
    Instant now{};
    static_cast<void>(router.handle(SourceChanged{source}, now));
    static_cast<void>(router.handle(Startup{}, now));
    std::array<std::byte, max_message_size> received;
    std::array<std::byte, max_message_size> sent;
    const auto message = encode(router.advertisement(SendAdvertisement{90}), packet, received);
    const std::size_t before = ::test::count_allocations();

    Counted counted;
    for (int second = 0; second < 10; ++second) {
        now += 1s;
        const auto advertisement = decode(message, packet);
        counted.effects += router.handle(AdvertisementReceived{*advertisement, packet}, now).size();
        counted.effects += router.handle(TimerExpired{}, now).size();
        counted.effects +=
            encode(router.advertisement(SendAdvertisement{router.priority()}), packet, sent).size();
    }
    counted.became_master = router.state() == State::master;
    counted.effects += router.handle(AddressClaimed{}, now).size();
    counted.effects += router.handle(Shutdown{}, now).size();
    counted.allocations = ::test::count_allocations() - before;
    return counted;
}

}  // namespace

TEST_CASE("an advert is decoded, heard, answered and encoded without an allocation", "[vrrp]") {
    RouterConfig config;
    config.virtual_router_id = 51;
    config.password = Password{std::byte{'1'}};
    config.addresses = {IpAddress(192, 0, 2, 254)};
    const PacketContext packet{IpAddress(192, 0, 2, 2), IpAddress(224, 0, 0, 18), 255};

    const Counted counted = run(config, packet, IpAddress(192, 0, 2, 1));

    CHECK(counted.allocations == 0);
    CHECK(counted.became_master);
    CHECK(counted.effects > 0);
}

TEST_CASE("so it is in version 3 over IPv6, with 255 addresses and unicast peers", "[vrrp]") {
    RouterConfig config;
    config.virtual_router_id = 51;
    config.version = Version::v3;
    for (std::uint16_t i = 1; i < 256; ++i) {
        config.addresses.push_back(IpAddress({0xfe80, 0, 0, 0, 0, 0, 1, i}));
    }
    const IpAddress us({0xfe80, 0, 0, 0, 0, 0, 0, 1});
    const IpAddress peer({0xfe80, 0, 0, 0, 0, 0, 0, 2});
    config.peers = {{peer, 255, 255}, {us, 255, 255}};

    const Counted counted = run(config, {peer, us, 255}, us);

    CHECK(counted.allocations == 0);
    CHECK(counted.became_master);
    CHECK(counted.effects > 0);
}

}  // namespace vrrp::test
