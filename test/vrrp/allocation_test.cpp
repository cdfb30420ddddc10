#include "catch2.hpp"
#include "vrrp/advertisement.hpp"
#include "vrrp/virtual_router.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

std::size_t allocations = 0;

}  // namespace

// Replaced for this executable, so that what the advert path allocates can be counted.
void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size)) {
        return memory;
    }
    throw std::bad_alloc();
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
    std::free(memory);
}

namespace vrrp {

using namespace std::chrono_literals;

TEST_CASE("an advert is decoded, heard, answered and encoded without an allocation", "[vrrp]") {
    const RouterConfig config{.virtual_router_id = 51,
                              .priority = 100,
                              .password = Password{std::byte{'1'}},
                              .addresses = {IpAddress(192, 0, 2, 254)}};
    VirtualRouter router(config);
    Instant now{};
    static_cast<void>(router.handle(SourceChanged{IpAddress(192, 0, 2, 1)}, now));
    static_cast<void>(router.handle(Startup{}, now));
    const PacketContext packet{
        .source = IpAddress(192, 0, 2, 2), .destination = IpAddress(224, 0, 0, 18), .ttl = 255};
    std::array<std::byte, max_message_size> received;
    std::array<std::byte, max_message_size> sent;
    const auto message = encode(router.advertisement(SendAdvertisement{90}), packet, received);
    const std::size_t before = allocations;

    std::size_t effects = 0;
    for (int second = 0; second < 10; ++second) {
        now += 1s;
        const auto advertisement = decode(message, packet);
        effects += router.handle(AdvertisementReceived{*advertisement, packet}, now).size();
        effects += router.handle(TimerExpired{}, now).size();
        effects +=
            encode(router.advertisement(SendAdvertisement{router.priority()}), packet, sent).size();
    }

    CHECK(allocations == before);
    CHECK(router.state() == State::master);
    CHECK(effects > 0);
}

}  // namespace vrrp
