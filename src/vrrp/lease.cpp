#include "vrrp/lease.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vrrp {

using namespace std::chrono_literals;

Lease lease_for(int down_adverts, Centiseconds interval) {
    const Duration patience = down_adverts * Duration(interval);
    const auto lifetime = std::max(std::chrono::floor<std::chrono::seconds>(patience - 1s), 1s);
    const Duration half = Duration(lifetime) / 2;
    const auto adverts = half / Duration(interval);
    return {lifetime, adverts > 0 ? adverts * Duration(interval) : half};
}

int stretch_for(double refreshes_each_second) {
    return std::max(
        1, static_cast<int>(std::ceil(refreshes_each_second / double{most_refreshes_each_second})));
}

double refreshes_each_second(const Lease& lease, std::size_t addresses) {
    assert(lease.refresh_each > Duration(0));
    return static_cast<double>(addresses) /
           std::chrono::duration<double>(lease.refresh_each).count();
}

Lease stretched(const Lease& lease, int factor) {
    assert(factor >= 1);
    return {lease.lifetime * factor, lease.refresh_each * factor};
}

Instant resumable_until(const RouterConfig& config, Instant spoken_at) {
    constexpr int most_adverts = 3;
    const int adverts = std::min(config.down_adverts, most_adverts) - 1;
    return spoken_at + adverts * Duration(config.interval);
}

}  // namespace vrrp
