#include "config/sameness.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace config {

namespace {

/// Of the other hosts it counts who they are, not in which order they stand.
std::multimap<std::string, int> priorities_of(const Router& router) {
    std::multimap<std::string, int> priorities;
    for (std::size_t index = 0; index < router.others.size(); ++index) {
        priorities.emplace(router.other_hosts[index], router.others[index]);
    }
    return priorities;
}

/// All but places. The list of a router's values stands here a second time: one that is added
/// there no longer fits these names, and the compiler says so.
auto values_of(const Router& router) {
    const auto& [name, interface, interface_place, protocol, addresses, checks, check_places,
                 others, other_hosts, group, accepts_traffic, lease, start_delay, source, ttl,
                 trailer, scripts, key_references] = router;
    return std::tuple(name, interface, protocol, addresses, checks, priorities_of(router), group,
                      accepts_traffic, lease, start_delay, source, ttl, trailer, scripts,
                      key_references);
}

auto values_of(const DaemonSettings& daemon) {
    const auto& [announce_interval, realtime_priority, lock_memory, state_fifos, tells_priorities,
                 tells_states_on_reload] = daemon;
    return std::tuple(announce_interval, realtime_priority, lock_memory, state_fifos,
                      tells_priorities, tells_states_on_reload);
}

}  // namespace

bool means_same(const Router& left, const Router& right) {
    return values_of(left) == values_of(right);
}

bool means_same(const Config& left, const Config& right) {
    const auto& [checks, check_places, routers, router_places, groups, daemon, files] = left;
    return checks == right.checks && groups == right.groups &&
           values_of(daemon) == values_of(right.daemon) &&
           std::ranges::equal(routers, right.routers,
                              [](const Router& a, const Router& b) { return means_same(a, b); });
}

}  // namespace config
