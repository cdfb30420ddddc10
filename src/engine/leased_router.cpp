#include "engine/leased_router.hpp"

#include "engine/host_probes.hpp"
#include "vrrp/lease.hpp"

#include <algorithm>
#include <utility>

namespace engine {

namespace {

vrrp::Lease lease_of(const config::Router& router) {
    return vrrp::lease_for(router.protocol.down_adverts, router.protocol.interval);
}

}  // namespace

int stretch_of(const config::Config& config) {
    double refreshes = 0;
    for (const config::Router& router : config.routers) {
        if (router.lease) {
            refreshes += vrrp::refreshes_each_second(lease_of(router), router.addresses.size());
        }
    }
    return vrrp::stretch_for(refreshes);
}

LeasedRouter leased_router(const config::Router& router, int stretch) {
    LeasedRouter leased{router, std::nullopt};
    if (router.lease) {
        const vrrp::Lease lease = vrrp::stretched(lease_of(router), stretch);
        leased.router.protocol.refresh_each = lease.refresh_each;
        leased.lease = lease.lifetime;
    }
    return leased;
}

Fitness fitness_of(const config::Router& router,
                   const std::function<const health::Check*(const std::string& name)>& find) {
    std::vector<TrackedCheck> checks;
    for (const health::CheckUse& use : router.checks) {
        checks.push_back({find(use.name), use.weight, use.is_inverted});
    }
    return {router.protocol.priority, router.protocol.last_resort, std::move(checks)};
}

std::vector<std::string> interfaces_of(const config::Config& config) {
    std::vector<std::string> names = interfaces_of_checks(config);
    for (const config::Router& router : config.routers) {
        names.push_back(router.interface);
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

}  // namespace engine
