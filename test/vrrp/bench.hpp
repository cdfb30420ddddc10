#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "catch2.hpp"
#include "vrrp/virtual_router.hpp"

namespace vrrp::test {

using namespace std::chrono_literals;

inline constexpr IpAddress us(192, 0, 2, 5);
inline constexpr IpAddress lower_address(192, 0, 2, 2);
inline constexpr IpAddress higher_address(192, 0, 2, 9);
inline constexpr IpAddress nobody;

// The same over IPv6.
inline constexpr IpAddress us_6({0xfe80, 0, 0, 0, 0, 0, 0, 5});
inline constexpr IpAddress lower_address_6({0xfe80, 0, 0, 0, 0, 0, 0, 2});
inline constexpr IpAddress higher_address_6({0xfe80, 0, 0, 0, 0, 0, 0, 9});

/// What the advertisements of these tests carry: 192.0.2.254.
inline constexpr std::array advertised_bytes{std::byte{192}, std::byte{0}, std::byte{2},
                                             std::byte{254}};

inline RouterConfig usual_config(std::uint8_t priority = 100) {
    RouterConfig config;
    config.virtual_router_id = 51;
    config.priority = priority;
    config.addresses = {IpAddress(192, 0, 2, 254)};
    return config;
}

/// As a peer of the same configuration would send it.
inline AdvertisementReceived advert_from(IpAddress source, std::uint8_t priority) {
    AdvertisementReceived event;
    event.packet = {source, IpAddress(224, 0, 0, 18), 255};
    event.advertisement.virtual_router_id = 51;
    event.advertisement.priority = priority;
    event.advertisement.addresses = AddressList(Family::ipv4, advertised_bytes);
    return event;
}

inline Password password_of(std::string_view text) {
    Password password{};
    for (std::size_t i = 0; i < text.size(); ++i) {
        password[i] = static_cast<std::byte>(text[i]);
    }
    return password;
}

using EffectList = std::vector<Effect>;
using Priorities = std::vector<std::uint8_t>;

/// All that can be seen of a router without giving it an event.
struct Observed {
    State state = State::initialize;
    std::optional<Instant> deadline;
    std::optional<IpAddress> heard_master;
    std::optional<IpAddress> source;
    std::uint8_t priority = 0;

    friend bool operator==(const Observed&, const Observed&) = default;
};

inline Observed observe(const VirtualRouter& router) {
    return {router.state(), router.deadline(), router.heard_master(), router.source(),
            router.priority()};
}

struct TimedEffect {
    Duration at{0};  ///< since the beginning of the test
    Effect effect;

    friend bool operator==(const TimedEffect&, const TimedEffect&) = default;
};

/// A router on the bench: events by hand, time by hand.
struct Bench {
    VirtualRouter router;
    Instant now{};

    explicit Bench(RouterConfig config = usual_config()) : router(std::move(config)) {}

    EffectList handle(const Event& event) {
        const Effects effects = router.handle(event, now);
        return {effects.begin(), effects.end()};
    }

    EffectList hear(IpAddress source, std::uint8_t priority) {
        return handle(advert_from(source, priority));
    }

    /// Moves time to the deadline, which there must be, and lets the timer fire.
    EffectList expire() {
        now = router.deadline().value();
        return handle(TimerExpired{});
    }

    /// Lets the timer fire at each deadline up to and including now + `span`.
    std::vector<TimedEffect> run_for(Duration span) {
        const Instant end = now + span;
        std::vector<TimedEffect> seen;
        while (router.deadline() && *router.deadline() <= end) {
            for (const Effect& effect : expire()) {
                seen.push_back({now - Instant{}, effect});
            }
        }
        now = end;
        return seen;
    }

    /// How long from now on until the deadline, which there must be.
    [[nodiscard]] Duration patience() const { return router.deadline().value() - now; }
};

/// Started and with a source address: a backup, or a master where it owns the addresses.
inline Bench started(RouterConfig config = usual_config()) {
    Bench bench(std::move(config));
    bench.handle(SourceChanged{bench.router.config().family() == Family::ipv4 ? us : us_6});
    bench.handle(Startup{});
    return bench;
}

/// A master that has just taken over because nobody spoke.
inline Bench master(RouterConfig config = usual_config()) {
    Bench bench = started(std::move(config));
    if (bench.router.state() == State::backup) {
        bench.expire();
    }
    return bench;
}

/// A master that has just been told to stop.
inline Bench leaving(RouterConfig config = usual_config()) {
    Bench bench = master(std::move(config));
    bench.handle(Shutdown{});
    return bench;
}

inline EffectList only(std::vector<TimedEffect> timed) {
    EffectList effects;
    for (const TimedEffect& each : timed) {
        effects.push_back(each.effect);
    }
    return effects;
}

/// When effects of this kind happened.
template <typename Kind>
std::vector<Duration> times_of(const std::vector<TimedEffect>& timed) {
    std::vector<Duration> times;
    for (const TimedEffect& each : timed) {
        if (std::holds_alternative<Kind>(each.effect)) {
            times.push_back(each.at);
        }
    }
    return times;
}

inline std::string describe(const SendAdvertisement& effect) {
    return "advert " + std::to_string(effect.priority) + (effect.is_squeezed ? " squeezed" : "");
}
inline std::string describe(const InstallAddresses& /*effect*/) {
    return "install";
}
inline std::string describe(const RemoveAddresses& /*effect*/) {
    return "remove";
}
inline std::string describe(const RefreshAddresses& /*effect*/) {
    return "refresh";
}
inline std::string describe(const AnnounceAddresses& /*effect*/) {
    return "announce";
}
inline std::string describe(const StateChanged& effect) {
    return std::string(to_text(effect.from)) + " -> " + std::string(to_text(effect.to)) + " (" +
           std::string(to_text(effect.cause)) + ", " + effect.peer.to_text() + " priority " +
           std::to_string(effect.peer_priority) + ")";
}
inline std::string describe(const AdvertisementRefused& effect) {
    return "refused (" + std::string(to_text(effect.reason)) + ") " + effect.source.to_text();
}
inline std::string describe(const PeerDiffers& effect) {
    return std::string(to_text(effect.difference)) + " differ " + effect.source.to_text();
}
inline std::string describe(const SecondMaster& effect) {
    return "second master " + effect.source.to_text() + " priority " +
           std::to_string(effect.priority);
}

}  // namespace vrrp::test

// How Catch2 prints what it compares.
namespace Catch {

template <>
struct StringMaker<vrrp::Effect> {
    static std::string convert(const vrrp::Effect& effect) {
        return std::visit([](const auto& known) { return vrrp::test::describe(known); }, effect);
    }
};

template <>
struct StringMaker<vrrp::test::TimedEffect> {
    static std::string convert(const vrrp::test::TimedEffect& timed) {
        return std::to_string(timed.at.count()) +
               " ns: " + StringMaker<vrrp::Effect>::convert(timed.effect);
    }
};

template <>
struct StringMaker<vrrp::State> {
    static std::string convert(vrrp::State state) { return std::string(to_text(state)); }
};

template <>
struct StringMaker<vrrp::test::Observed> {
    static std::string convert(const vrrp::test::Observed& seen) {
        const auto nanoseconds = seen.deadline ? (*seen.deadline - vrrp::Instant{}).count() : -1;
        return std::string(to_text(seen.state)) + ", deadline " + std::to_string(nanoseconds) +
               ", follows " + (seen.heard_master ? seen.heard_master->to_text() : "nobody") +
               ", priority " + std::to_string(seen.priority);
    }
};

}  // namespace Catch
