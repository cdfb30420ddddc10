#include "engine/host_probes.hpp"

#include "engine/host_judgement.hpp"
#include "engine/peers_probe.hpp"
#include "net/address_watch.hpp"
#include "net/route_watch.hpp"
#include "os/error.hpp"

#include <linux/rtnetlink.h>

#include <functional>
#include <utility>
#include <variant>

namespace engine {

namespace {

using LinkWatchers = std::set<health::ChangeReporter*>;
using Judge = health::ChangeReporter::Judge;

/// Looks at links, whenever something has happened to them.
class LinkProbe final : public health::Probe {
public:
    static health::StartedProbe start(const health::CheckConfig& check,
                                      health::ProbeContext context, LinkWatchers& watchers,
                                      Judge judge) {
        auto probe =
            std::make_unique<LinkProbe>(check, std::move(context), watchers, std::move(judge));
        const auto started = probe->reporter_.start();
        return started ? health::StartedProbe(std::move(probe)) : std::unexpected(started.error());
    }

    LinkProbe(const health::CheckConfig& check, health::ProbeContext context,
              LinkWatchers& watchers, Judge judge)
        : watchers_(watchers), reporter_(check, std::move(context), std::move(judge)) {
        watchers_.insert(&reporter_);
    }
    ~LinkProbe() override { watchers_.erase(&reporter_); }

private:
    LinkWatchers& watchers_;
    health::ChangeReporter reporter_;
};

/// Looks at what one of net's watches knows, whenever that is something else; a rename of a link
/// is no news to the watch, but to links.
template <class Watch>
class WatchProbe final : public health::Probe {
public:
    using JudgeWatch = std::function<health::ProbeResult(const Watch& watch)>;

    /// `what` is what the watch looks at.
    template <class... What>
    static health::StartedProbe start(const health::CheckConfig& check,
                                      health::ProbeContext context, LinkWatchers& watchers,
                                      JudgeWatch judge, const What&... what) {
        auto probe = std::make_unique<WatchProbe>(check, std::move(context), watchers,
                                                  std::move(judge), what...);
        auto started = probe->watch_.start();
        if (started) {
            started = probe->reporter_.start();
        }
        return started ? health::StartedProbe(std::move(probe)) : std::unexpected(started.error());
    }

    template <class... What>
    WatchProbe(const health::CheckConfig& check, health::ProbeContext context,
               LinkWatchers& watchers, JudgeWatch judge, const What&... what)
        : watchers_(watchers),
          judge_(std::move(judge)),
          watch_(what..., context.loop, [this](vrrp::Instant /*now*/) { reporter_.look(); }),
          reporter_(check, std::move(context), [this] {
              return watch_.is_known() ? std::optional(judge_(watch_)) : std::nullopt;
          }) {
        watchers_.insert(&reporter_);
    }
    ~WatchProbe() override { watchers_.erase(&reporter_); }

private:
    LinkWatchers& watchers_;
    JudgeWatch judge_;
    Watch watch_;
    health::ChangeReporter reporter_;
};

}  // namespace

/// One overload for each kind of probe that is at home here.
struct HostProbes::Start {
    HostProbes& probes;
    const health::CheckConfig& check;
    health::ProbeContext& context;

    health::StartedProbe operator()(const health::InterfaceProbeConfig& config) const {
        return LinkProbe::start(
            check, std::move(context), probes.of_links_, [&links = probes.links_, config] {
                return judge_interface(config.interface, links->find(config.interface));
            });
    }

    health::StartedProbe operator()(const health::AddressProbeConfig& config) const {
        if (!config.interface.empty()) {
            return LinkProbe::start(check, std::move(context), probes.of_links_,
                                    [&links = probes.links_, config] {
                                        return judge_address(config, links->find(config.interface));
                                    });
        }
        return WatchProbe<net::AddressWatch>::start(
            check, std::move(context), probes.of_links_,
            [address = config.address](const net::AddressWatch& watch) {
                return judge_address(address, watch.places(), net::link_name);
            },
            config.address);
    }

    health::StartedProbe operator()(const health::RouteProbeConfig& config) const {
        return WatchProbe<net::RouteWatch>::start(
            check, std::move(context), probes.of_links_,
            [config](const net::RouteWatch& watch) {
                return judge_route(config, watch.hops(), net::link_name);
            },
            config.network, config.table.value_or(RT_TABLE_MAIN));
    }

    health::StartedProbe operator()(const health::PeersProbeConfig& config) const {
        return PeersProbe::start(check, config, probes.parts_of(config.router), probes.of_routers_,
                                 std::move(context));
    }

    template <class Other>
    health::StartedProbe operator()(const Other& /*config*/) const {
        return health::start_probe(check, std::move(context));
    }
};

health::StartedProbe HostProbes::start(const health::CheckConfig& check,
                                       health::ProbeContext context) {
    return std::visit(Start{*this, check, context}, check.probe);
}

std::vector<const Instance*> HostProbes::parts_of(const std::string& router) const {
    std::vector<const Instance*> parts;
    for (const auto& instance : instances_) {
        if (instance->name() == router) {
            parts.push_back(instance.get());
        }
    }
    return parts;
}

void HostProbes::take_instances() {
    for (PeersProbe* const probe : of_routers_) {
        probe->take_parts(parts_of(probe->router()));
    }
}

void HostProbes::take_links() {
    for (health::ChangeReporter* const reporter : of_links_) {
        reporter->look();
    }
}

void HostProbes::take_routers(vrrp::Instant now) {
    for (PeersProbe* const probe : of_routers_) {
        probe->take_routers(now);
    }
}

std::vector<std::string> interfaces_of_checks(const config::Config& config) {
    std::vector<std::string> names;
    for (const health::CheckConfig& check : config.checks) {
        if (const auto* const link = std::get_if<health::InterfaceProbeConfig>(&check.probe)) {
            names.push_back(link->interface);
        }
        if (const auto* const address = std::get_if<health::AddressProbeConfig>(&check.probe)) {
            names.push_back(address->interface);
        }
        if (const auto* const route = std::get_if<health::RouteProbeConfig>(&check.probe)) {
            names.push_back(route->interface);
        }
    }
    std::erase(names, "");
    return names;
}

}  // namespace engine
