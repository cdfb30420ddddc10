#include <cstddef>
#include <cstdint>
#include <variant>

#include "catch2.hpp"
#include "rehearse/simulation.hpp"
#include "sim/mutants.hpp"

// Whether the checker can fail: routers that are broken in one way each, and the invariant that has
// to find it.
namespace rehearse::test {

TEST_CASE("a router that keeps its addresses is found", "[sim]") {
    const auto keeps = [](VirtualRouter& router, const Event& event, Instant now) {
        return without<vrrp::RemoveAddresses>(router.handle(event, now));
    };

    CHECK(first_violation({.handle = keeps}) == "S-1");
}

TEST_CASE("a router that stays after a failed installation is found", "[sim]") {
    const auto stays = [](VirtualRouter& router, const Event& event, Instant now) {
        return std::holds_alternative<vrrp::InstallFailed>(event) ? Effects{}
                                                                  : router.handle(event, now);
    };

    CHECK(first_violation({.handle = stays}) == "S-1");
}

TEST_CASE("a backup that advertises is found", "[sim]") {
    const auto shouts = [](VirtualRouter& router, const Event& event, Instant now) {
        Effects effects = router.handle(event, now);
        if (router.state() == State::backup) {
            effects.push(vrrp::SendAdvertisement{router.priority()});
        }
        return effects;
    };

    CHECK(first_violation({.handle = shouts}) == "S-2");
}

TEST_CASE("a router that announces before it installs is found", "[sim]") {
    const auto hastes = [](VirtualRouter& router, const Event& event, Instant now) {
        const Effects effects = router.handle(event, now);
        if (effects.size() < 3 || !std::holds_alternative<vrrp::InstallAddresses>(effects[1])) {
            return effects;
        }
        Effects turned;
        for (const std::size_t index : {0U, 2U, 1U, 3U}) {
            turned.push(effects[index]);
        }
        return turned;
    };

    CHECK(first_violation({.handle = hastes}) == "S-3");
}

TEST_CASE("a backup that takes over too early is found", "[sim]") {
    const auto hastes = [](VirtualRouter& router, const Event& event, Instant now) {
        const Effects effects = router.handle(event, now);
        return effects.empty() && router.state() == State::backup && router.heard_master()
                   ? router.handle(vrrp::TimerExpired{}, *router.deadline())
                   : effects;
    };

    CHECK(first_violation({.handle = hastes}) == "S-5");
}

TEST_CASE("a master that does not yield is found", "[sim]") {
    const auto stays = [](VirtualRouter& router, const Event& event, Instant now) {
        return router.state() == State::master && acceptable_in(router, event, now) != nullptr
                   ? Effects{}
                   : router.handle(event, now);
    };

    CHECK(first_violation({.handle = stays}) == "S-6");
}

TEST_CASE("a master that does not compare addresses is found", "[sim]") {
    const auto stays = [](VirtualRouter& router, const Event& event, Instant now) {
        const auto* heard = acceptable_in(router, event, now);
        const bool is_equal =
            heard != nullptr && heard->advertisement.priority == router.priority();
        return is_equal && router.state() == State::master ? Effects{} : router.handle(event, now);
    };

    CHECK(first_violation({.handle = stays}) == "S-6");
}

TEST_CASE("a master that yields to anybody is found", "[sim]") {
    const auto yields = [](VirtualRouter& router, const Event& event, Instant now) {
        const auto* heard = advertisement_in(event);
        const bool is_lower = heard != nullptr && heard->advertisement.priority > 0 &&
                              router.state() == State::master;
        return router.handle(is_lower ? with_priority(*heard, 255) : event, now);
    };

    CHECK(first_violation({.handle = yields}) == "S-7");
}

TEST_CASE("routers that refuse each other are found", "[sim]") {
    const auto refuses = [](VirtualRouter& router, const Event& event, Instant now) {
        Effects effects;
        if (const auto* heard = advertisement_in(event)) {
            effects.push(
                vrrp::AdvertisementRefused{vrrp::RefuseReason::password, heard->packet.source});
            return effects;
        }
        return router.handle(event, now);
    };

    CHECK(first_violation({.handle = refuses}) == "S-8");
}

TEST_CASE("a refused packet that sets the timer anew is found", "[sim]") {
    const auto rearms = [](VirtualRouter& router, const Event& event, Instant now) {
        const Effects effects = router.handle(event, now);
        if (is_refused(effects) && router.state() == State::backup) {
            vrrp::AdvertisementReceived heard;
            heard.advertisement.priority = 255;
            heard.advertisement.interval = router.config().interval;
            heard.advertisement.auth_type = router.config().auth_type();
            heard.advertisement.password = router.config().password.value_or(vrrp::Password{});
            heard.advertisement.addresses = router.address_list();
            heard.packet = {vrrp::IpAddress(192, 0, 2, 99), vrrp::IpAddress(224, 0, 0, 18), 255};
            (void)router.handle(heard, now);
        }
        return effects;
    };

    CHECK(first_violation({.handle = rearms}) == "S-9");
}

TEST_CASE("a forged packet that is believed is found", "[sim]") {
    const auto believes = [](VirtualRouter& router, const Event& event, Instant now) {
        if (const auto* heard = advertisement_in(event)) {
            vrrp::AdvertisementReceived mended = *heard;
            mended.advertisement.auth_type = router.config().auth_type();
            mended.advertisement.password = router.config().password.value_or(vrrp::Password{});
            return router.handle(mended, now);
        }
        return router.handle(event, now);
    };

    CHECK(first_violation({.handle = believes}) == "S-9");
}

TEST_CASE("a master that skips adverts is found", "[sim]") {
    int count = 0;
    const auto skips = [&count](VirtualRouter& router, const Event& event, Instant now) {
        const Effects effects = router.handle(event, now);
        const bool is_only_an_advert = std::holds_alternative<vrrp::TimerExpired>(event) &&
                                       effects.size() == 1 && router.state() == State::master;
        return is_only_an_advert && ++count % 5 == 0 ? without<vrrp::SendAdvertisement>(effects)
                                                     : effects;
    };

    CHECK(first_violation({.handle = skips}) == "S-10");
}

TEST_CASE("a router that preempts against its configuration is found", "[sim]") {
    const auto preempts = [](VirtualRouter& router, const Event& event, Instant now) {
        const auto* heard = acceptable_in(router, event, now);
        const bool is_lower = heard != nullptr && heard->advertisement.priority > 0 &&
                              heard->advertisement.priority < router.priority();
        return is_lower && router.state() == State::backup ? Effects{} : router.handle(event, now);
    };

    CHECK(finds("S-13 ", {.handle = preempts}));
}

TEST_CASE("a backup that never takes over is found", "[sim]") {
    const auto waits = [](VirtualRouter& router, const Event& event, Instant now) {
        const Effects effects = VirtualRouter(router).handle(event, now);
        return changes_for(effects, vrrp::Cause::master_silent) ? Effects{}
                                                                : router.handle(event, now);
    };

    CHECK(first_violation({.handle = waits}) == "L-1");
}

TEST_CASE("a backup that ignores priority 0 is found", "[sim]") {
    const auto ignores = [](VirtualRouter& router, const Event& event, Instant now) {
        const auto* heard = acceptable_in(router, event, now);
        const bool is_farewell = heard != nullptr && heard->advertisement.priority == 0;
        return is_farewell && router.state() == State::backup ? Effects{}
                                                              : router.handle(event, now);
    };

    CHECK(first_violation({.handle = ignores}) == "L-2");
}

TEST_CASE("a router that does not preempt though it should is found", "[sim]") {
    const auto follows = [](VirtualRouter& router, const Event& event, Instant now) {
        const auto* heard = advertisement_in(event);
        const bool is_lower = heard != nullptr && heard->advertisement.priority > 0 &&
                              router.state() == State::backup;
        return router.handle(is_lower ? with_priority(*heard, 255) : event, now);
    };

    CHECK(finds("L-3 ", {.handle = follows}));
}

TEST_CASE("a master that wakes and makes up for what it has missed is found", "[sim]") {
    const auto makes_up = [](VirtualRouter& router, const Event& event, Instant now) {
        const vrrp::Duration interval = router.config().interval;
        while (router.state() == State::master && now - *router.deadline() > interval) {
            (void)router.handle(vrrp::TimerExpired{}, *router.deadline());
        }
        return router.handle(event, now);
    };

    CHECK(finds("L-5 ", {.handle = makes_up}));
}

TEST_CASE("a loser that yields without a word is found", "[sim]") {
    const auto is_mute = [](VirtualRouter& router, const Event& event, Instant now) {
        const bool was_master = router.state() == State::master;
        const Effects effects = router.handle(event, now);
        return was_master && router.state() == State::backup
                   ? without<vrrp::SendAdvertisement>(effects)
                   : effects;
    };

    CHECK(first_violation({.handle = is_mute}) == "L-7");
}

TEST_CASE("a master without addresses that leaves in silence is found", "[sim]") {
    const auto says_nothing = [](VirtualRouter& router, const Event& event, Instant now) {
        const Effects effects = router.handle(event, now);
        return std::holds_alternative<vrrp::InstallFailed>(event)
                   ? without<vrrp::SendAdvertisement>(effects)
                   : effects;
    };

    CHECK(first_violation({.handle = says_nothing}) == "L-10");
}

// S-17
TEST_CASE("a router that is not deterministic is found", "[sim]") {
    int count = 0;
    const auto moody = [&count](VirtualRouter& router, const Event& event, Instant now) {
        const Effects effects = router.handle(event, now);
        return ++count < 100 ? effects : without<vrrp::AnnounceAddresses>(effects);
    };
    Trace first;
    Trace second;

    (void)run(make_scenario(7), {.handle = moody}, first);
    (void)run(make_scenario(7), {.handle = moody}, second);

    CHECK(first.hash() != second.hash());
}

}  // namespace rehearse::test
