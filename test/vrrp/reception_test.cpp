#include <cstdint>
#include <functional>
#include <random>

#include "catch2.hpp"
#include "vrrp/bench.hpp"

// What a router refuses by its own settings, and that a refused packet changes nothing (S-9).
namespace vrrp::test {

namespace {

RouterConfig config_with_password() {
    RouterConfig config = usual_config();
    config.password = password_of("secret");
    return config;
}

AdvertisementReceived with_password(std::string_view password, std::uint8_t priority = 200) {
    AdvertisementReceived event = advert_from(higher_address, priority);
    event.advertisement.auth_type = AuthType::simple_password;
    event.advertisement.password = password_of(password);
    return event;
}

struct Refusal {
    AdvertisementReceived event;
    RefuseReason reason;
};

/// One for each reason that there is while a router with password "secret" runs.
std::vector<Refusal> refusals(std::uint8_t priority) {
    AdvertisementReceived own = with_password("secret", priority);
    own.packet.source = us;
    AdvertisementReceived version = with_password("secret", priority);
    version.advertisement.version = Version::v3;
    AdvertisementReceived interval = with_password("secret", priority);
    interval.advertisement.interval = Centiseconds(200);
    AdvertisementReceived bare = with_password("secret", priority);
    bare.advertisement.addresses = {};
    return {{own, RefuseReason::own_address},
            {bare, RefuseReason::no_addresses},
            {version, RefuseReason::version},
            {interval, RefuseReason::interval},
            {advert_from(higher_address, priority), RefuseReason::auth_type},
            {with_password("Secret", priority), RefuseReason::password},
            {with_password("secret!", priority), RefuseReason::password},
            {with_password("", priority), RefuseReason::password}};
}

/// Brings a bench into one of the states in which a router looks at packets.
std::vector<Bench> running(const RouterConfig& config) {
    Bench following = started(config);
    following.handle(with_password("secret", 150));
    Bench preempting = started(config);
    preempting.handle(with_password("secret", 50));
    Bench succeeding = started(config);
    succeeding.handle(with_password("secret", 0));
    return {started(config), following, preempting, succeeding, master(config), leaving(config)};
}

/// The same few seconds for both: whatever one of them remembers more than the other shows.
void check_same_future(Bench a, Bench b, std::uint32_t seed) {
    std::mt19937 random(seed);
    for (int i = 0; i < 20; ++i) {
        const auto step = std::chrono::milliseconds(random() % 1500);
        CHECK(a.run_for(step) == b.run_for(step));
        const auto event = with_password("secret", static_cast<std::uint8_t>(random() % 256));
        CHECK(a.handle(event) == b.handle(event));
        const PriorityChanged change{static_cast<std::uint8_t>(random() % 8 * 30)};
        CHECK(a.handle(change) == b.handle(change));
        CHECK(observe(a.router) == observe(b.router));
    }
}

}  // namespace

TEST_CASE("an advert with the right password is taken", "[vrrp]") {
    Bench bench = started(config_with_password());

    CHECK(bench.handle(with_password("secret")).empty());
    CHECK(bench.router.heard_master() == higher_address);
}

TEST_CASE("each refusal names its reason and its sender", "[vrrp]") {
    for (const std::uint8_t priority : Priorities{0, 50, 100, 200, 255}) {
        for (const Refusal& refusal : refusals(priority)) {
            for (Bench& bench : running(config_with_password())) {
                CHECK(
                    bench.handle(refusal.event) ==
                    EffectList{AdvertisementRefused{refusal.reason, refusal.event.packet.source}});
            }
        }
    }
}

// P-23: in version 2 routers without addresses agree who is master, for their state scripts.
TEST_CASE("a router without addresses follows another, and takes over from it", "[vrrp]") {
    RouterConfig config = usual_config();
    config.addresses.clear();
    Bench bench = started(config);
    AdvertisementReceived bare = advert_from(higher_address, 200);
    bare.advertisement.addresses = {};

    CHECK(bench.handle(bare).empty());
    CHECK(bench.router.heard_master() == higher_address);
    (void)bench.run_for(4s);
    CHECK(bench.router.state() == State::master);
    CHECK(bench.router.advertisement({}).addresses.size() == 0);
}

// P-27
TEST_CASE("a password where none is configured is refused", "[vrrp]") {
    Bench bench = started();

    CHECK(bench.handle(with_password("secret")) ==
          EffectList{AdvertisementRefused{RefuseReason::auth_type, higher_address}});
}

// P-29: all eight bytes are compared.
TEST_CASE("a password is compared to its last byte", "[vrrp]") {
    RouterConfig config = usual_config();
    config.password = password_of("12345678");
    Bench bench = started(config);

    CHECK(bench.handle(with_password("12345678")).empty());
    for (const std::string_view wrong : {"12345679", "1234567", "02345678", ""}) {
        CHECK(bench.handle(with_password(wrong)) ==
              EffectList{AdvertisementRefused{RefuseReason::password, higher_address}});
    }
}

// S-9
TEST_CASE("a refused packet changes nothing that can be seen, now or later", "[vrrp]") {
    std::uint32_t seed = 0;
    for (const std::uint8_t priority : Priorities{0, 50, 100, 200}) {
        for (const Refusal& refusal : refusals(priority)) {
            for (const Bench& bench : running(config_with_password())) {
                Bench disturbed = bench;
                disturbed.now += 300us;
                Bench calm = disturbed;

                disturbed.handle(refusal.event);

                CHECK(observe(disturbed.router) == observe(calm.router));
                check_same_future(disturbed, calm, ++seed);
            }
        }
    }
}

// S-10
TEST_CASE("five refused packets a second leave the adverts of a master at their second", "[vrrp]") {
    Bench bench = master(config_with_password());
    const Instant start = bench.now;
    std::vector<Duration> adverts;
    for (int i = 0; i < 50; ++i) {
        for (const Duration at : times_of<SendAdvertisement>(bench.run_for(200ms))) {
            adverts.push_back(at - (start - Instant{}));
        }
        for (const Refusal& refusal : refusals(static_cast<std::uint8_t>(i * 5))) {
            bench.handle(refusal.event);
        }
    }
    CHECK(adverts == std::vector<Duration>{1s, 2s, 3s, 4s, 5s, 6s, 7s, 8s, 9s, 10s});
}

TEST_CASE("refused packets do not keep a backup from taking over", "[vrrp]") {
    Bench bench = started(config_with_password());
    const auto deadline = bench.router.deadline();
    for (int i = 0; i < 18; ++i) {
        bench.now += 200ms;
        for (const Refusal& refusal : refusals(200)) {
            bench.handle(refusal.event);
        }
    }
    CHECK(bench.router.deadline() == deadline);
}

// P-26: RFC 3768 leaves the comparison open.
TEST_CASE("an advert of other addresses is told and taken", "[vrrp]") {
    RouterConfig config = usual_config();
    config.addresses.push_back(IpAddress(192, 0, 2, 253));

    Bench backup = started(config);
    CHECK(backup.hear(higher_address, 200) ==
          EffectList{PeerDiffers{Difference::addresses, higher_address}});
    CHECK(backup.router.heard_master() == higher_address);

    Bench yielding = master(config);
    CHECK(yielding.hear(higher_address, 200) ==
          EffectList{PeerDiffers{Difference::addresses, higher_address}, SendAdvertisement{100},
                     RemoveAddresses{},
                     StateChanged{State::master, State::backup, Cause::better_master,
                                  higher_address, 200}});
}

TEST_CASE("the same addresses in another order are no difference", "[vrrp]") {
    RouterConfig config = usual_config();
    config.addresses = {IpAddress(192, 0, 2, 253), IpAddress(192, 0, 2, 254)};
    RouterConfig turned = usual_config();
    turned.addresses = {IpAddress(192, 0, 2, 254), IpAddress(192, 0, 2, 253)};
    const VirtualRouter peer(turned);
    Bench bench = started(config);
    AdvertisementReceived event = advert_from(higher_address, 200);
    event.advertisement.addresses = peer.address_list();

    CHECK(bench.handle(event).empty());
}

// Ambiguity 10, P-31
TEST_CASE("a duplicate of our own address is reported and does not make us flap", "[vrrp]") {
    Bench bench = master();

    CHECK(bench.hear(us, 100) == EffectList{AdvertisementRefused{RefuseReason::own_address, us}});
    CHECK(bench.hear(us, 255) == EffectList{AdvertisementRefused{RefuseReason::own_address, us}});
    CHECK(bench.router.state() == State::master);
}

}  // namespace vrrp::test
