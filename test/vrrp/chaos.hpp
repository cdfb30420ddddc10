#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>

#include "vrrp/version3.hpp"

namespace vrrp::test {

/// Random settings, events and steps of time, the same for the same seed.
class Chaos {
public:
    explicit Chaos(std::uint32_t seed) : random_(seed) {}

    std::uint32_t below(std::uint32_t limit) {
        return static_cast<std::uint32_t>(random_() % limit);
    }

    template <typename List>
    auto one_of(const List& list) {
        return list[below(static_cast<std::uint32_t>(list.size()))];
    }

    /// Of any version and family.
    RouterConfig config() {
        const Third third = one_of(both_families);
        RouterConfig config = v3_config(third.family, static_cast<std::uint8_t>(1 + below(255)));
        if (third.family == Family::ipv4 && below(2) == 0) {
            config.version = Version::v2;
        }
        vary(config);
        return config;
    }

    /// Other settings for a router that runs.
    RouterConfig varied(RouterConfig config) {
        vary(config);
        return config;
    }

    AdvertisementReceived advert(const Bench& bench) {
        const Third& third = both_families[bench.router.config().family() == Family::ipv4 ? 0 : 1];
        const auto source = below(30) == 0 ? third.us : below(2) == 0 ? third.lower : third.higher;
        const auto priority = static_cast<std::uint8_t>(below(5) == 0 ? 0 : below(256));
        AdvertisementReceived event = peer_advert(bench, source, priority);
        const bool is_third = bench.router.config().version == Version::v3;
        if (is_third && below(3) == 0) {
            event.advertisement.interval = Centiseconds(one_of(intervals));
        }
        if (is_third && below(5) == 0) {
            event.advertisement.checksum_form = ChecksumForm::message;
        }
        if (below(20) == 0) {
            event.advertisement.version = is_third ? Version::v2 : Version::v3;
        }
        return event;
    }

    Event event(const Bench& bench) {
        const Third& third = both_families[bench.router.config().family() == Family::ipv4 ? 0 : 1];
        switch (below(20)) {
            case 0: return Startup{.resumes = below(2) == 0};
            case 1: return below(4) == 0 ? Event(Shutdown{}) : Event(Startup{});
            case 2: return PriorityChanged{static_cast<std::uint8_t>(below(256))};
            case 3: return PriorityChanged{static_cast<std::uint8_t>(below(4) == 0 ? 0 : 100)};
            case 4: return SourceChanged{below(4) == 0 ? std::nullopt : std::optional(third.us)};
            case 5: return below(4) == 0 ? Event(InstallFailed{}) : Event(TimerExpired{});
            case 6: return AddressesLost{};
            case 7: return AddressClaimed{};
            case 8: return Reconfigured{varied(bench.router.config())};
            case 9:
            case 10:
            case 11:
            case 12: return advert(bench);
            case 13: return Pause{};
            case 14: return LinkChanged{};
            default: return TimerExpired{};
        }
    }

    /// Now and then a long one, in which a router stalls.
    Duration step(const std::optional<Instant>& deadline, Instant now) {
        if (deadline && below(2) == 0) {
            return std::max(Duration(0), *deadline - now);
        }
        return below(20) == 0 ? Duration(std::chrono::milliseconds(below(20000)))
                              : Duration(std::chrono::microseconds(below(700000)));
    }

private:
    static constexpr std::array intervals{1, 10, 100, 300, 4095};

    /// All that may change while a router runs, but for the addresses and the group.
    void vary(RouterConfig& config) {
        config.preempt = below(3) > 0;
        config.strict = below(4) == 0;
        config.preempt_delay =
            below(3) == 0 ? Duration(std::chrono::milliseconds(below(9000))) : Duration(0);
        config.down_adverts = below(3) == 0 ? static_cast<int>(1 + below(5)) : 3;
        config.rival_priority = static_cast<std::uint8_t>(below(2) == 0 ? 0 : below(255));
        config.follows_checksum_form = below(2) == 0;
        config.refresh_each = std::chrono::milliseconds(below(3) * 500);
        if (below(3) == 0) {
            const int interval = one_of(intervals);
            config.interval = Centiseconds(
                config.version == Version::v2 ? (interval + 99) / 100 * 100 : interval);
        }
    }

    std::mt19937 random_;
};

inline bool serves(State state) {
    return state == State::master || state == State::leaving;
}

/// What the effects of one event make of the addresses.
inline bool after_effects(bool installed, const EffectList& effects) {
    for (const Effect& effect : effects) {
        installed = std::holds_alternative<InstallAddresses>(effect) ||
                    (installed && !std::holds_alternative<RemoveAddresses>(effect));
    }
    return installed;
}

template <typename Kind>
long count(const EffectList& effects) {
    return std::ranges::count_if(
        effects, [](const Effect& effect) { return std::holds_alternative<Kind>(effect); });
}

}  // namespace vrrp::test
