#include <algorithm>
#include <cstdint>
#include <random>

#include "catch2.hpp"
#include "vrrp/bench.hpp"

// What holds whatever happens: a router on its own under random events.
namespace vrrp::test {

namespace {

class Chaos {
public:
    explicit Chaos(std::uint32_t seed) : random_(seed) {}

    std::uint32_t below(std::uint32_t limit) {
        return static_cast<std::uint32_t>(random_() % limit);
    }

    RouterConfig config() {
        RouterConfig config = usual_config(static_cast<std::uint8_t>(1 + below(255)));
        config.preempt = below(3) > 0;
        config.strict = below(4) == 0;
        return config;
    }

    Event event() {
        const auto priority = static_cast<std::uint8_t>(below(5) == 0 ? 0 : below(256));
        switch (below(10)) {
            case 0: return Startup{};
            case 1: return below(4) == 0 ? Event(Shutdown{}) : Event(Startup{});
            case 2: return PriorityChanged{priority};
            case 3: return SourceChanged{below(4) == 0 ? std::nullopt : std::optional(us)};
            case 4: return below(4) == 0 ? Event(InstallFailed{}) : Event(TimerExpired{});
            case 5: return advert_from(lower_address, priority);
            case 6: return advert_from(higher_address, priority);
            default: return TimerExpired{};
        }
    }

    /// Now and then a long one, in which a router stalls.
    Duration step(const VirtualRouter& router, Instant now) {
        if (router.deadline() && below(2) == 0) {
            return std::max(Duration(0), *router.deadline() - now);
        }
        return below(20) == 0 ? Duration(std::chrono::milliseconds(below(20000)))
                              : Duration(std::chrono::microseconds(below(700000)));
    }

private:
    std::mt19937 random_;
};

bool serves(State state) {
    return state == State::master || state == State::leaving;
}

/// What the effects of one event make of the addresses.
bool after_effects(bool installed, const EffectList& effects) {
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

void check_step(Bench& bench, const Event& event, bool& installed) {
    const State from = bench.router.state();

    const EffectList effects = bench.handle(event);

    const State to = bench.router.state();
    installed = after_effects(installed, effects);
    CHECK(installed == serves(to));
    CHECK((from == to || count<StateChanged>(effects) > 0));
    CHECK((to == State::master || count<AnnounceAddresses>(effects) == 0));
    CHECK((to == State::initialize || bench.router.deadline().has_value()));
    CHECK((count<SendAdvertisement>(effects) == 0 || bench.router.source().has_value()));
    if (std::holds_alternative<TimerExpired>(event)) {
        CHECK((!bench.router.deadline() || *bench.router.deadline() > bench.now));
    }
}

}  // namespace

TEST_CASE("whatever happens, addresses stand exactly while a router serves", "[vrrp]") {
    for (std::uint32_t seed = 0; seed < 300; ++seed) {
        Chaos chaos(seed);
        Bench bench(chaos.config());
        bool installed = false;
        for (int i = 0; i < 200; ++i) {
            bench.now += chaos.step(bench.router, bench.now);
            CAPTURE(seed, i);
            check_step(bench, chaos.event(), installed);
        }
    }
}

TEST_CASE("a spurious timer does nothing, whatever happened before", "[vrrp]") {
    for (std::uint32_t seed = 1000; seed < 1200; ++seed) {
        Chaos chaos(seed);
        Bench bench(chaos.config());
        for (int i = 0; i < 200; ++i) {
            bench.now += chaos.step(bench.router, bench.now);
            bench.handle(chaos.event());
            if (bench.router.deadline() && *bench.router.deadline() <= bench.now) {
                continue;
            }
            const Observed before = observe(bench.router);

            CAPTURE(seed, i);
            CHECK(bench.handle(TimerExpired{}).empty());
            CHECK(observe(bench.router) == before);
        }
    }
}

}  // namespace vrrp::test
