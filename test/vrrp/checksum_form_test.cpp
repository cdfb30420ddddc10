#include "catch2.hpp"
#include "vrrp/version3.hpp"

// P-17: version 3 over IPv4 has two forms of checksum. Both are heard; the settings say which is
// spoken, or that it is the last master's.
namespace vrrp::test {

namespace {

constexpr auto pseudo = ChecksumForm::pseudo_header;
constexpr auto message = ChecksumForm::message;

RouterConfig following_config(ChecksumForm own = pseudo) {
    RouterConfig config = v3_config();
    config.checksum_form = own;
    config.follows_checksum_form = true;
    return config;
}

AdvertisementReceived with_form(const Bench& bench, ChecksumForm form,
                                std::uint8_t priority = 200) {
    AdvertisementReceived event = peer_advert(bench, higher_address, priority);
    event.advertisement.checksum_form = form;
    return event;
}

ChecksumForm spoken(const Bench& bench) {
    return bench.router.advertisement(SendAdvertisement{100}).checksum_form;
}

const EffectList told{PeerDiffers{Difference::checksum_form, higher_address}};

}  // namespace

TEST_CASE("a router speaks the form of its settings", "[vrrp]") {
    for (const ChecksumForm own : {pseudo, message}) {
        RouterConfig config = v3_config();
        config.checksum_form = own;
        Bench bench = started(config);
        const ChecksumForm other = own == pseudo ? message : pseudo;

        CHECK(spoken(bench) == own);
        CHECK(bench.handle(with_form(bench, own)).empty());
        CHECK(bench.handle(with_form(bench, other)) == told);
        CHECK(bench.router.heard_master() == higher_address);
        CHECK(spoken(bench) == own);
    }
}

TEST_CASE("a router that follows speaks the form of its last master", "[vrrp]") {
    for (const ChecksumForm own : {pseudo, message}) {
        Bench bench = started(following_config(own));
        const ChecksumForm other = own == pseudo ? message : pseudo;
        CHECK(spoken(bench) == own);

        CHECK(bench.handle(with_form(bench, other)) == told);
        CHECK(spoken(bench) == other);
        CHECK(bench.handle(with_form(bench, other)).empty());

        bench.expire();
        REQUIRE(bench.router.state() == State::master);
        CHECK(spoken(bench) == other);
    }
}

TEST_CASE("a router does not follow the form of a lower rank", "[vrrp]") {
    Bench backup = started(following_config());
    CHECK(backup.handle(with_form(backup, message, 50)) == told);
    CHECK(spoken(backup) == pseudo);

    Bench winner = master(following_config());
    CHECK(winner.handle(with_form(winner, message, 50)).front() == told.front());
    CHECK(spoken(winner) == pseudo);
}

TEST_CASE("a master that yields follows the winner's form", "[vrrp]") {
    Bench bench = master(following_config());

    bench.handle(with_form(bench, message));

    CHECK(bench.router.state() == State::backup);
    CHECK(spoken(bench) == message);
}

TEST_CASE("over IPv6 there is one form, and none is a difference", "[vrrp]") {
    const Third& sixth = both_families[1];
    Bench bench = started(v3_config(Family::ipv6));
    AdvertisementReceived event = peer_advert(bench, sixth.higher, 200);
    event.advertisement.checksum_form = message;

    CHECK(bench.handle(event).empty());
}

}  // namespace vrrp::test
