#include <cstdint>

#include "catch2.hpp"
#include "vrrp/version3.hpp"

// P-32: unicast. Who may speak, and how far away it may be, the settings say.
namespace vrrp::test {

namespace {

const IpAddress stranger(198, 51, 100, 7);
const IpAddress stranger_6({0x2001, 0xdb8, 7, 0, 0, 0, 0, 7});

IpAddress stranger_of(const Third& third) {
    return third.family == Family::ipv4 ? stranger : stranger_6;
}

RouterConfig unicast_config(const Third& third, Version version) {
    RouterConfig config = v3_config(third.family);
    config.version = version;
    config.peers = {{third.lower, 0, 255}, {third.higher, 254, 255}, {third.us, 0, 255}};
    return config;
}

AdvertisementReceived unicast(const Bench& bench, const IpAddress& source, std::uint8_t ttl = 255,
                              std::uint8_t priority = 200) {
    AdvertisementReceived event = peer_advert(bench, source, priority);
    event.packet.destination = bench.router.source().value();
    event.packet.ttl = ttl;
    return event;
}

/// Version 2 is spoken over IPv4 only.
template <typename Check>
void in_each(Check check) {
    check(both_families[0], Version::v2);
    for (const Third& third : both_families) {
        check(third, Version::v3);
    }
}

void check_refused(Bench bench, const AdvertisementReceived& event, RefuseReason reason) {
    bench.now += 1s;
    const Observed before = observe(bench.router);
    CHECK(bench.handle(event) == EffectList{AdvertisementRefused{reason, event.packet.source}});
    CHECK(observe(bench.router) == before);
}

}  // namespace

TEST_CASE("a unicast advert of a configured peer is taken", "[vrrp]") {
    in_each([](const Third& third, Version version) {
        for (const IpAddress& source : {third.lower, third.higher}) {
            Bench bench = started(unicast_config(third, version));

            CHECK(bench.handle(unicast(bench, source)).empty());
            CHECK(bench.router.heard_master() == source);
        }
    });
}

TEST_CASE("a unicast advert of a stranger is refused unless strangers are heard", "[vrrp]") {
    in_each([](const Third& third, Version version) {
        RouterConfig config = unicast_config(third, version);
        const Bench deaf = started(config);
        check_refused(deaf, unicast(deaf, stranger_of(third)), RefuseReason::unknown_peer);

        config.hears_strangers = true;
        Bench open = started(config);
        CHECK(open.handle(unicast(open, stranger_of(third), 17)).empty());
        CHECK(open.router.heard_master() == stranger_of(third));
    });
}

TEST_CASE("a unicast advert is refused where multicast is spoken", "[vrrp]") {
    in_each([](const Third& third, Version version) {
        RouterConfig config = v3_config(third.family);
        config.version = version;
        const Bench bench = started(config);

        check_refused(bench, unicast(bench, third.lower), RefuseReason::destination);
    });
}

TEST_CASE("a multicast advert is refused where unicast is spoken", "[vrrp]") {
    in_each([](const Third& third, Version version) {
        const Bench bench = started(unicast_config(third, version));

        check_refused(bench, peer_advert(bench, third.lower, 200), RefuseReason::destination);
    });
}

// P-02, P-04: relaxed for unicast, within what is configured.
TEST_CASE("a unicast advert must be within the TTL bounds of its peer", "[vrrp]") {
    in_each([](const Third& third, Version version) {
        RouterConfig config = unicast_config(third, version);
        config.peers = {{third.lower, 250, 253}, {third.higher, 0, 255}};
        const Bench bench = started(config);
        for (unsigned ttl = 0; ttl < 256; ++ttl) {
            CAPTURE(ttl);
            const auto value = static_cast<std::uint8_t>(ttl);
            Bench near = bench;
            if (ttl >= 250 && ttl <= 253) {
                CHECK(near.handle(unicast(bench, third.lower, value)).empty());
            } else {
                check_refused(near, unicast(bench, third.lower, value), RefuseReason::ttl);
            }
            Bench far = bench;
            CHECK(far.handle(unicast(bench, third.higher, value)).empty());
        }
    });
}

// P-31: one list of peers may serve all routers.
TEST_CASE("our own unicast advert is refused even where we are among the peers", "[vrrp]") {
    in_each([](const Third& third, Version version) {
        const Bench bench = started(unicast_config(third, version));

        check_refused(bench, unicast(bench, third.us), RefuseReason::own_address);
    });
}

TEST_CASE("unicast routers elect each other as others do", "[vrrp]") {
    in_each([](const Third& third, Version version) {
        Bench bench = master(unicast_config(third, version));

        CHECK(bench.handle(unicast(bench, third.lower, 255, 90)) ==
              EffectList{SendAdvertisement{100}, AnnounceAddresses{}});
        bench.handle(unicast(bench, third.lower));
        CHECK(bench.router.state() == State::backup);
    });
}

}  // namespace vrrp::test
