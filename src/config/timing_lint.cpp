#include "config/timing_lint.hpp"

#include "vrrp/lease.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <utility>

namespace config {

namespace {

using std::chrono::milliseconds;

/// What one processor sends in a second, and half of it is left for the rest: an advert costs about
/// 8 µs, see docs/performance.md.
constexpr double most_adverts_each_second = 60'000;

/// Adverts as frequent as these are late on a busy host whose scheduler knows no hurry: it lets
/// others run for some milliseconds.
constexpr vrrp::Duration hurry = milliseconds(50);

vrrp::Duration patience_of(const Router& router) {
    return router.protocol.down_adverts * vrrp::Duration(router.protocol.interval);
}

/// "300 ms", "3.6 s"
std::string seconds_text(vrrp::Duration duration) {
    const auto whole = std::chrono::duration_cast<milliseconds>(duration).count();
    return whole < 1000 ? fmt::format("{} ms", whole)
                        : fmt::format("{:g} s", static_cast<double>(whole) / 1000);
}

class TimingLinter {
public:
    TimingLinter(const Config& config, const std::string& file) : config_(config), file_(file) {}

    Diagnostics lint() {
        check_leases();
        check_rate();
        check_hurry();
        return std::move(diagnostics_);
    }

private:
    [[nodiscard]] vrrp::Lease lease_of(const Router& router) const {
        return vrrp::lease_for(router.protocol.down_adverts, router.protocol.interval);
    }

    void check_leases() {
        double refreshes = 0;
        for (const Router& router : config_.routers) {
            if (router.lease) {
                refreshes += vrrp::refreshes_each_second(lease_of(router), router.addresses.size());
            }
        }
        const int stretch = vrrp::stretch_for(refreshes);
        for (std::size_t index = 0; index < config_.routers.size(); ++index) {
            const Router& router = config_.routers[index];
            if (router.lease) {
                check_lease(router, config_.router_places[index], stretch);
            }
        }
    }

    void check_lease(const Router& router, const RouterPlaces& places, int stretch) {
        const vrrp::Lease lease = vrrp::stretched(lease_of(router), stretch);
        const vrrp::Duration end = lease.lifetime + vrrp::lease_slack;
        if (end <= patience_of(router)) {
            return;
        }
        const bool is_many = lease_of(router).lifetime + vrrp::lease_slack <= patience_of(router);
        warn(places.name,
             fmt::format("the addresses of router {} stay up to {} after the daemon is killed, and "
                         "peers take over after {}",
                         router.name, seconds_text(end), seconds_text(patience_of(router))),
             is_many
                 ? "a host renews some 100 leases a second, and this file has more: with fewer "
                   "addresses they are shorter"
                 : "the kernel's shortest lease is 1 s: an interval of 1s makes it fit; after a "
                   "crash the address is at two hosts until then");
    }

    void check_rate() {
        double adverts = 0;
        for (const Router& router : config_.routers) {
            const auto messages = std::max<std::size_t>(router.protocol.peers.size(), 1);
            adverts += static_cast<double>(messages) * 100.0 /
                       static_cast<double>(router.protocol.interval.count());
        }
        if (adverts > most_adverts_each_second / 2) {
            warn({},
                 fmt::format("the routers of this file send {:.0f} adverts a second where all are "
                             "master; a processor of our measurements sends some {:.0f}",
                             adverts, most_adverts_each_second),
                 "a longer interval, or fewer routers with several addresses each");
        }
    }

    void check_hurry() {
        if (config_.daemon.realtime_priority != 0) {
            return;  // it has one, or takes one where it may
        }
        for (std::size_t index = 0; index < config_.routers.size(); ++index) {
            const Router& router = config_.routers[index];
            if (vrrp::Duration(router.protocol.interval) < hurry) {
                warn(config_.router_places[index].name,
                     fmt::format("router {} sends adverts each {}, and realtime_priority is 0: on "
                                 "a busy host they come later than its peers wait, {}",
                                 router.name, seconds_text(router.protocol.interval),
                                 seconds_text(patience_of(router))),
                     "leave realtime_priority out, or make the interval longer");
                return;  // the same holds for all others
            }
        }
    }

    void warn(Place place, std::string message, std::string advice) {
        diagnostics_.push_back(
            {Severity::warning, file_, place, std::move(message), std::move(advice)});
    }

    const Config& config_;
    const std::string& file_;
    Diagnostics diagnostics_;
};

}  // namespace

Diagnostics lint_times(const Config& config, const std::string& file) {
    return TimingLinter(config, file).lint();
}

}  // namespace config
