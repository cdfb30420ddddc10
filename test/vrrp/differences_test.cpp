#include <cstdint>

#include "catch2.hpp"
#include "vrrp/version3.hpp"

// What a peer does otherwise than we: told, and taken all the same where the RFCs let it be taken.
namespace vrrp::test {

namespace {

constexpr Centiseconds other_interval{50};

EffectList told(Difference difference, const IpAddress& source) {
    return {PeerDiffers{difference, source}};
}

/// Addresses of a peer's own, valid as long as this.
VirtualRouter router_with(RouterConfig config, std::vector<IpAddress> addresses) {
    config.addresses = std::move(addresses);
    return VirtualRouter(std::move(config));
}

}  // namespace

// P-20
TEST_CASE("in version 3 a backup takes another interval and tells it", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = started(v3_config(third.family));
        const auto event = peer_advert(bench, third.higher, 200, other_interval);

        CHECK(bench.handle(event).empty());  // it may be leaving
        for (int i = 0; i < 3; ++i) {
            CHECK(bench.handle(event) == told(Difference::interval, third.higher));
        }
        CHECK(bench.router.heard_master() == third.higher);
    }
}

// P-20, M-06
TEST_CASE("in version 3 a master answers another interval and tells it", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = master(v3_config(third.family));
        const auto event = peer_advert(bench, third.lower, 50, other_interval);
        bench.handle(event);
        bench.run_for(500ms);

        CHECK(bench.handle(event) == EffectList{PeerDiffers{Difference::interval, third.lower},
                                                SendAdvertisement{100}, AnnounceAddresses{}});
    }
}

TEST_CASE("the same interval is no difference, whoever else speaks", "[vrrp]") {
    for (const Third& third : both_families) {
        Bench bench = started(v3_config(third.family));
        for (int i = 0; i < 5; ++i) {
            CHECK(bench.handle(peer_advert(bench, third.higher, 200)).empty());
            CHECK(bench.handle(peer_advert(bench, third.lower, 150)).empty());
        }
    }
}

// P-21
TEST_CASE("in version 2 another interval is refused, and none of it is taken", "[vrrp]") {
    for (const int seconds : {2, 3, 254, 255}) {
        for (const std::uint8_t priority : Priorities{0, 50, 100, 200, 255}) {
            AdvertisementReceived event = advert_from(higher_address, priority);
            event.advertisement.interval = Centiseconds(100 * seconds);
            const EffectList refused{AdvertisementRefused{RefuseReason::interval, higher_address}};

            for (Bench bench : {started(), master(), leaving()}) {
                const Observed before = observe(bench.router);
                CHECK(bench.handle(event) == refused);
                CHECK(observe(bench.router) == before);
            }
        }
    }
}

// P-26: for version 3 to be told only.
TEST_CASE("in version 3 other addresses are told and taken, another order is none", "[vrrp]") {
    const Third& sixth = both_families[1];
    const RouterConfig config = v3_config(Family::ipv6);
    const IpAddress first = config.addresses[0];
    const IpAddress second = config.addresses[1];
    const IpAddress third({0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x255});
    Bench bench = started(config);
    const auto hear = [&](const VirtualRouter& peer) {
        AdvertisementReceived event = peer_advert(bench, sixth.higher, 200);
        event.advertisement.addresses = peer.address_list();
        return bench.handle(event);
    };

    CHECK(hear(router_with(config, {first, second})).empty());
    CHECK(hear(router_with(config, {second, first})).empty());
    for (const auto& addresses :
         {std::vector{first}, std::vector{first, third}, std::vector{first, second, third}}) {
        CHECK(hear(router_with(config, addresses)) == told(Difference::addresses, sixth.higher));
        CHECK(bench.router.heard_master() == sixth.higher);
    }
}

// P-25, erratum 8300
TEST_CASE("a strict router refuses IPv6 adverts whose first address is not link-local", "[vrrp]") {
    const Third& sixth = both_families[1];
    RouterConfig config = v3_config(Family::ipv6);
    const VirtualRouter turned = router_with(config, {config.addresses[1], config.addresses[0]});
    for (const bool strict : {false, true}) {
        config.strict = strict;
        Bench bench = started(config);
        bench.now += 1s;
        const Observed before = observe(bench.router);
        AdvertisementReceived event = peer_advert(bench, sixth.higher, 200);
        event.advertisement.addresses = turned.address_list();

        const auto effects = bench.handle(event);

        if (strict) {
            CHECK(effects ==
                  EffectList{AdvertisementRefused{RefuseReason::first_address, sixth.higher}});
            CHECK(observe(bench.router) == before);
        } else {
            CHECK(effects.empty());
            CHECK(bench.router.heard_master() == sixth.higher);
        }
        CHECK(bench.handle(peer_advert(bench, sixth.higher, 200)).empty());
        CHECK(bench.router.heard_master() == sixth.higher);
    }
}

// P-25 is of IPv6 alone.
TEST_CASE("a strict router takes IPv4 adverts of any first address", "[vrrp]") {
    RouterConfig config = v3_config();
    config.strict = true;
    Bench bench = started(config);

    CHECK(bench.handle(peer_advert(bench, higher_address, 200)).empty());
    CHECK(bench.router.heard_master() == higher_address);
}

// The most that one advert can do: three differences, told to a master that yields.
TEST_CASE("an advert that differs in everything is told in all and taken", "[vrrp]") {
    const VirtualRouter peer =
        router_with(v3_config(), {IpAddress(192, 0, 2, 1), IpAddress(192, 0, 2, 254)});
    Bench bench = master(v3_config());
    AdvertisementReceived event = peer_advert(bench, higher_address, 50, other_interval);
    event.advertisement.checksum_form = ChecksumForm::message;
    event.advertisement.addresses = peer.address_list();
    bench.handle(event);
    event.advertisement.priority = 200;

    CHECK(bench.handle(event) ==
          EffectList{PeerDiffers{Difference::addresses, higher_address},
                     PeerDiffers{Difference::interval, higher_address},
                     PeerDiffers{Difference::checksum_form, higher_address}, SendAdvertisement{100},
                     RemoveAddresses{},
                     StateChanged{State::master, State::backup, Cause::better_master,
                                  higher_address, 200}});
}

// P-29, P-30: what a header of RFC 2402 is to prove, the packet's carrier has checked.
TEST_CASE("an authentication header and a password are not taken for each other", "[vrrp]") {
    RouterConfig config = usual_config();
    config.password = password_of("secret");
    AdvertisementReceived simple = advert_from(higher_address, 200);
    simple.advertisement.auth_type = AuthType::simple_password;
    simple.advertisement.password = password_of("secret");
    AdvertisementReceived header = advert_from(higher_address, 200);
    header.advertisement.auth_type = AuthType::authentication_header;
    const EffectList refused{AdvertisementRefused{RefuseReason::auth_type, higher_address}};

    Bench with_password = started(config);
    CHECK(with_password.handle(header) == refused);
    CHECK(with_password.handle(simple).empty());

    config.authenticates_headers = true;
    Bench with_header = started(config);
    CHECK(with_header.handle(simple) == refused);
    CHECK(with_header.handle(header).empty());

    const Advertisement spoken = with_header.router.advertisement(SendAdvertisement{100});
    CHECK(spoken.auth_type == AuthType::authentication_header);
    CHECK(spoken.password == Password{});
}

}  // namespace vrrp::test
