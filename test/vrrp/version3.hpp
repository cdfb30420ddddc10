#pragma once

#include <cstdint>
#include <vector>

#include "vrrp/bench.hpp"

// Version 3 on the bench, over both families.
namespace vrrp::test {

struct Third {
    Family family;
    IpAddress us;
    IpAddress lower;
    IpAddress higher;
    IpAddress group;
};

inline const std::vector<Third> both_families{
    {Family::ipv4, us, lower_address, higher_address, IpAddress(224, 0, 0, 18)},
    {Family::ipv6, us_6, lower_address_6, higher_address_6,
     IpAddress({0xff02, 0, 0, 0, 0, 0, 0, 0x12})}};

inline RouterConfig v3_config(Family family = Family::ipv4, std::uint8_t priority = 100) {
    RouterConfig config = usual_config(priority);
    config.version = Version::v3;
    if (family == Family::ipv6) {
        config.addresses = {IpAddress({0xfe80, 0, 0, 0, 0, 0, 0, 0x51}),
                            IpAddress({0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x254})};
    }
    return config;
}

/// As a peer of the same configuration as the bench's router would send it; valid as long as that.
inline AdvertisementReceived peer_advert(const Bench& bench, IpAddress source,
                                         std::uint8_t priority) {
    const bool is_ipv4 = source.family() == Family::ipv4;
    AdvertisementReceived event;
    event.packet = {source, both_families[is_ipv4 ? 0 : 1].group, 255};
    event.advertisement = bench.router.advertisement(SendAdvertisement{priority});
    return event;
}

inline AdvertisementReceived peer_advert(const Bench& bench, IpAddress source,
                                         std::uint8_t priority, Centiseconds interval) {
    AdvertisementReceived event = peer_advert(bench, source, priority);
    event.advertisement.interval = interval;
    return event;
}

inline Duration down_interval_3(Centiseconds interval, std::uint8_t priority) {
    return master_down_interval(Version::v3, interval, priority);
}

/// Just before a deadline nothing happens; at it, the router takes over.
inline void check_takes_over_after(Bench bench, Duration wait) {
    bench.now += wait - 1ns;
    CHECK(bench.handle(TimerExpired{}).empty());
    CHECK(bench.router.state() == State::backup);
    bench.now += 1ns;
    CHECK_FALSE(bench.handle(TimerExpired{}).empty());
    CHECK(bench.router.state() == State::master);
}

}  // namespace vrrp::test
