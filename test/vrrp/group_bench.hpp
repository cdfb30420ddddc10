#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "vrrp/bench.hpp"
#include "vrrp/sync_group.hpp"

namespace vrrp::test {

/// Routers of one sync group on the bench, obeying its orders.
struct GroupBench {
    std::vector<Bench> members;
    std::vector<std::pair<std::size_t, Effect>> effects;  ///< of the last tell() or run_for()
    int orders = 0;                                       ///< that the last event needed

    explicit GroupBench(const std::vector<RouterConfig>& configs) {
        for (RouterConfig config : configs) {
            config.is_grouped = true;
            config.breaks_ties = members.empty();
            members.emplace_back(std::move(config));
        }
    }

    void tell(std::size_t member, const Event& event) {
        effects.clear();
        deliver(member, event);
    }

    void tell_all(const Event& event) {
        effects.clear();
        for (std::size_t i = 0; i < members.size(); ++i) {
            deliver(i, event);
        }
    }

    [[nodiscard]] std::optional<Instant> deadline() const {
        std::optional<Instant> earliest;
        for (const Bench& member : members) {
            const auto at = member.router.deadline();
            if (at && (!earliest || *at < *earliest)) {
                earliest = at;
            }
        }
        return earliest;
    }

    void set_time(Instant now) {
        for (Bench& member : members) {
            member.now = now;
        }
    }

    void run_for(Duration span) {
        effects.clear();
        const Instant end = members.front().now + span;
        while (deadline() && *deadline() <= end) {
            set_time(*deadline());
            expire();
        }
        set_time(end);
    }

    /// Lets the timers fire that are due.
    void expire() {
        for (std::size_t i = 0; i < members.size(); ++i) {
            const auto at = members[i].router.deadline();
            if (at && *at <= members[i].now) {
                deliver(i, TimerExpired{});
            }
        }
    }

    [[nodiscard]] bool all_in(State state) const {
        return std::ranges::all_of(
            members, [state](const Bench& member) { return member.router.state() == state; });
    }

private:
    void deliver(std::size_t member, const Event& event) {
        handle(member, event);
        std::vector<const VirtualRouter*> routers;
        for (const Bench& each : members) {
            routers.push_back(&each.router);
        }
        orders = 0;
        while (const auto order = next_order(routers)) {
            REQUIRE(++orders <= 4 * static_cast<int>(members.size()));  // no cycle
            handle(order->member, order->event);
        }
    }

    void handle(std::size_t member, const Event& event) {
        for (const Effect& effect : members[member].handle(event)) {
            effects.emplace_back(member, effect);
        }
    }
};

/// Started and with source addresses.
inline GroupBench started_group(const std::vector<RouterConfig>& configs) {
    GroupBench group(configs);
    group.tell_all(SourceChanged{us});
    group.tell_all(Startup{});
    return group;
}

inline GroupBench master_group(const std::vector<RouterConfig>& configs) {
    GroupBench group = started_group(configs);
    group.run_for(4s);
    return group;
}

}  // namespace vrrp::test
