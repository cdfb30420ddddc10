#include <algorithm>
#include <chrono>
#include <expected>
#include <span>
#include <variant>
#include <vector>

#include "catch2.hpp"
#include "rehearse/simulation.hpp"
#include "sim/mutants.hpp"

// Routers that are broken in what version 3, unicast and late preemption bring, one way each.
namespace rehearse::test {

namespace {

using namespace std::chrono_literals;
using Decoded = std::expected<vrrp::Advertisement, vrrp::DecodeError>;

/// A router that never takes a setting as it stands in the file.
template <typename Change>
Behaviour with_other_settings(Change change) {
    return {.handle = [change](VirtualRouter& router, const Event& event, Instant now) {
        if (std::holds_alternative<vrrp::Startup>(event)) {
            vrrp::RouterConfig config = router.config();
            change(config);
            (void)router.handle(vrrp::Reconfigured{config}, now);
        }
        if (const auto* known = std::get_if<vrrp::Reconfigured>(&event)) {
            vrrp::RouterConfig config = known->config;
            change(config);
            return router.handle(vrrp::Reconfigured{config}, now);
        }
        return router.handle(event, now);
    }};
}

/// A router that hears accepted adverts otherwise than they are.
template <typename Change>
Behaviour with_other_adverts(Change change) {
    return {.handle = [change](VirtualRouter& router, const Event& event, Instant now) {
        if (const auto* heard = acceptable_in(router, event, now)) {
            vrrp::AdvertisementReceived changed = *heard;
            change(changed.advertisement, router);
            return router.handle(changed, now);
        }
        return router.handle(event, now);
    }};
}

/// Decodes the message as if its checksum were right. One at a time.
Decoded decode_unsummed(std::span<const std::byte> message, const vrrp::PacketContext& packet) {
    static std::vector<std::byte> copy;
    copy.assign(message.begin(), message.end());
    if (copy.size() < 8) {
        return vrrp::decode(copy, packet);
    }
    const std::size_t addresses = std::to_integer<std::size_t>(copy[3]);
    const bool is_v2 = copy[0] >> 4 == std::byte{2};
    const std::size_t size = 8 + 4 * addresses + (is_v2 ? 8 : 0);
    copy[6] = copy[7] = std::byte{0};
    unsigned sum = 0;
    for (std::size_t i = 0; i + 1 < std::min(size, copy.size()); i += 2) {
        sum += std::to_integer<unsigned>(copy[i]) << 8 | std::to_integer<unsigned>(copy[i + 1]);
    }
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
    copy[6] = static_cast<std::byte>(sum >> 8);
    copy[7] = static_cast<std::byte>(sum & 0xff);
    return vrrp::decode(copy, packet);
}

}  // namespace

TEST_CASE("a router that takes interval 0 is found", "[sim]") {
    const auto takes_zero = [](std::span<const std::byte> message,
                               const vrrp::PacketContext& packet) -> Decoded {
        Decoded decoded = vrrp::decode(message, packet);
        if (decoded || decoded.error() != vrrp::DecodeError::interval) {
            return decoded;
        }
        static std::vector<std::byte> patched;
        patched.assign(message.begin(), message.end());
        patched[5] = std::byte{1};
        decoded = decode_unsummed(patched, packet);
        if (decoded) {
            decoded->interval = vrrp::Centiseconds(0);
        }
        return decoded;
    };

    CHECK(first_violation({.decode = takes_zero}) == "S-9");
}

TEST_CASE("a router that does not verify checksums is found", "[sim]") {
    const auto believes = [](std::span<const std::byte> message,
                             const vrrp::PacketContext& packet) -> Decoded {
        const Decoded decoded = vrrp::decode(message, packet);
        return decoded || decoded.error() != vrrp::DecodeError::checksum
                   ? decoded
                   : decode_unsummed(message, packet);
    };

    CHECK(first_violation({.decode = believes}) == "S-9");
}

TEST_CASE("a skew of whole centiseconds is found", "[sim]") {
    const Behaviour coarse{
        .handle =
            [](VirtualRouter& router, const Event& event, Instant now) {
                const bool is_timer = std::holds_alternative<vrrp::TimerExpired>(event) &&
                                      router.state() == State::backup && router.deadline();
                return router.handle(event, is_timer ? std::max(now, *router.deadline()) : now);
            },
        .deadline = [](const VirtualRouter& router) -> std::optional<Instant> {
            const auto deadline = router.deadline();
            if (!deadline || router.state() != State::backup) {
                return deadline;
            }
            const auto skew = vrrp::skew_time(router.config().version, router.master_interval(),
                                              router.priority());
            return *deadline - skew % vrrp::Duration(10ms);
        }};

    CHECK(first_violation(coarse) == "S-5");
}

TEST_CASE("a backup that does not learn its master's interval is found", "[sim]") {
    const auto found = first_violation(
        with_other_adverts([](vrrp::Advertisement& advertisement, const VirtualRouter& router) {
            advertisement.interval = router.config().interval;
        }));

    CHECK(found == "L-2");
}

TEST_CASE("a backup that does not learn longer intervals than its own is found", "[sim]") {
    const Behaviour hastes =
        with_other_adverts([](vrrp::Advertisement& advertisement, const VirtualRouter& router) {
            advertisement.interval = std::min(advertisement.interval, router.config().interval);
        });

    CHECK(finds("S-13 ", hastes));
}

TEST_CASE("a backup that ignores a squeeze is found", "[sim]") {
    const auto found = first_violation(with_other_adverts([](vrrp::Advertisement& advertisement,
                                                             const VirtualRouter& router) {
        if (advertisement.interval == vrrp::shortest_interval) {
            advertisement.interval = std::max(router.master_interval(), router.config().interval);
        }
    }));

    CHECK(found == "L-2");
}

TEST_CASE("a packet of another version that is believed is found", "[sim]") {
    const auto believes = [](VirtualRouter& router, const Event& event, Instant now) {
        if (const auto* heard = advertisement_in(event)) {
            vrrp::AdvertisementReceived changed = *heard;
            changed.advertisement.version = router.config().version;
            return router.handle(changed, now);
        }
        return router.handle(event, now);
    };

    CHECK(first_violation({.handle = believes}) == "S-9");
}

TEST_CASE("a master whose advert any refused packet postpones is found", "[sim]") {
    const auto postpones = [](VirtualRouter& router, const Event& event, Instant now) {
        const Effects effects = router.handle(event, now);
        if (is_refused(effects) && router.state() == State::master) {
            vrrp::RouterConfig config = router.config();
            config.interval *= 2;
            (void)router.handle(vrrp::Reconfigured{config}, now);
            config.interval /= 2;
            (void)router.handle(vrrp::Reconfigured{config}, now);
        }
        return effects;
    };

    CHECK(first_violation({.handle = postpones}) == "S-9");
}

TEST_CASE("a router that does not see that it must not preempt is found", "[sim]") {
    CHECK(first_violation(with_other_settings(
              [](vrrp::RouterConfig& config) { config.preempt = true; })) == "S-13");
}

TEST_CASE("a router that preempts without its delay is found", "[sim]") {
    CHECK(finds("S-5 ", with_other_settings(
                            [](vrrp::RouterConfig& config) { config.preempt_delay = {}; })));
}

TEST_CASE("a router that waits for three adverts whatever it is told is found", "[sim]") {
    CHECK(first_violation(with_other_settings([](vrrp::RouterConfig& config) {
              config.down_adverts = std::min(config.down_adverts, 3);
          })) == "S-5");
}

TEST_CASE("unicast from too far away that is believed is found", "[sim]") {
    CHECK(first_violation(with_other_settings([](vrrp::RouterConfig& config) {
              for (vrrp::UnicastPeer& peer : config.peers) {
                  peer.min_ttl = 0;
                  peer.max_ttl = 255;
              }
          })) == "S-9");
}

TEST_CASE("a stranger that is believed is found", "[sim]") {
    CHECK(first_violation(with_other_settings(
              [](vrrp::RouterConfig& config) { config.hears_strangers = true; })) == "S-9");
}

TEST_CASE("a master that yields to a rival that is none any more is found", "[sim]") {
    const auto yields = [](VirtualRouter& router, const Event& event, Instant now) {
        vrrp::RouterConfig config = router.config();
        config.rival_priority = 254;
        if (std::holds_alternative<vrrp::PriorityChanged>(event)) {
            (void)router.handle(vrrp::Reconfigured{config}, now);
        }
        return router.handle(event, now);
    };

    CHECK(first_violation({.handle = yields}) == "S-2");
}

TEST_CASE("a master that yields and does not return is found", "[sim]") {
    const auto goes = [](VirtualRouter& router, const Event& event, Instant now) {
        const Effects effects = router.handle(event, now);
        if (changes_for(effects, vrrp::Cause::yields)) {
            (void)router.handle(vrrp::Shutdown{}, now);
        }
        return effects;
    };

    CHECK(first_violation({.handle = goes}) == "L-3");
}

TEST_CASE("a master that lets others take its addresses away is found", "[sim]") {
    const auto lets = [](VirtualRouter& router, const Event& event, Instant now) {
        return std::holds_alternative<vrrp::AddressesLost>(event) ? Effects{}
                                                                  : router.handle(event, now);
    };

    CHECK(first_violation({.handle = lets}) == "S-1");
}

}  // namespace rehearse::test
