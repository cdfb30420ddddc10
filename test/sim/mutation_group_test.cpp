#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "catch2.hpp"
#include "rehearse/simulation.hpp"
#include "sim/mutants.hpp"
#include "vrrp/sync_group.hpp"

// Sync groups that are broken in one way each.
namespace rehearse::test {

namespace {

using Members = std::span<const VirtualRouter* const>;
using Order = std::optional<vrrp::GroupOrder>;

/// A group that never gives or never obeys one kind of order.
template <typename Kind>
Order order_without(Members members) {
    const auto order = vrrp::next_order(members);
    return order && std::holds_alternative<Kind>(order->event) ? std::nullopt : order;
}

std::string first_group_violation(const Behaviour& behaviour) {
    return first_violation(behaviour, make_group_scenario);
}

}  // namespace

TEST_CASE("a member that takes over without its group is found", "[sim]") {
    const auto hastes = [](VirtualRouter& router, const Event& event, Instant now) {
        const Effects effects = router.handle(event, now);
        return router.is_ready() ? router.handle(vrrp::TakeOver{}, now) : effects;
    };

    CHECK(first_group_violation({.handle = hastes}) == "S-5");
}

TEST_CASE("a group that takes over as soon as one of its members would is found", "[sim]") {
    const auto hastes = [](Members members) -> Order {
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (members[i]->is_ready()) {
                return vrrp::GroupOrder{i, vrrp::TakeOver{}};
            }
        }
        return vrrp::next_order(members);
    };

    CHECK(first_group_violation({.next_order = hastes}) == "S-5");
}

TEST_CASE("a group that lets one of its members give way alone is found", "[sim]") {
    CHECK(first_group_violation({.next_order = order_without<vrrp::GiveWay>}) == "S-14");
}

TEST_CASE("a group that goes on without one of its members is found", "[sim]") {
    CHECK(first_group_violation({.next_order = order_without<vrrp::Hold>}) == "S-14");
}

TEST_CASE("a group that never takes over is found", "[sim]") {
    CHECK(first_group_violation({.next_order = order_without<vrrp::TakeOver>}) == "L-3");
}

TEST_CASE("a group that does not come to rest is found", "[sim]") {
    const auto is_restless = [](Members /*members*/) -> Order {
        return vrrp::GroupOrder{0, vrrp::GiveWay{}};
    };

    CHECK(first_group_violation({.next_order = is_restless}) == "S-14");
}

TEST_CASE("groups that outrank each other for ever are found", "[sim]") {
    const auto hastes = [](VirtualRouter& router, const Event& event, Instant now) {
        vrrp::RouterConfig config = router.config();
        const bool has_stalled =
            !VirtualRouter(router).handle(vrrp::Reconfigured{config}, now).empty();
        if (!std::holds_alternative<vrrp::GiveWay>(event) || has_stalled) {
            return router.handle(event, now);
        }
        const bool breaks_ties = std::exchange(config.breaks_ties, false);
        (void)router.handle(vrrp::Reconfigured{config}, now);
        const Effects effects = router.handle(event, now);
        config.breaks_ties = breaks_ties;
        (void)router.handle(vrrp::Reconfigured{config}, now);
        return effects;
    };

    CHECK(first_group_violation({.handle = hastes}) == "L-3");
}

}  // namespace rehearse::test
