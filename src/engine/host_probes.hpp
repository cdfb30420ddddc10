#pragma once

#include "config/config.hpp"
#include "engine/instance.hpp"
#include "health/change_reporter.hpp"
#include "health/check_config.hpp"
#include "health/probe.hpp"
#include "net/link_mirror.hpp"
#include "vrrp/time.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace engine {

class PeersProbe;

/// The probes that look at this host itself: its interfaces, addresses and routes, and what its
/// routers hear. Outlives them. Pinned.
class HostProbes {
public:
    using Links = std::optional<net::LinkMirror>;
    using Instances = std::vector<std::unique_ptr<Instance>>;

    /// Both outlive the probes, and are complete when the first one is started.
    HostProbes(const Links& links, const Instances& instances)
        : links_(links), instances_(instances) {}
    HostProbes(const HostProbes&) = delete;
    HostProbes& operator=(const HostProbes&) = delete;

    /// Starts the probe of a check, of whichever kind it is.
    [[nodiscard]] health::StartedProbe start(const health::CheckConfig& check,
                                             health::ProbeContext context);

    /// The links are others, or in another way than before.
    void take_links();

    /// The instances are others than before.
    void take_instances();

    /// Something has happened to a router.
    void take_routers(vrrp::Instant now);

private:
    struct Start;

    [[nodiscard]] std::vector<const Instance*> parts_of(const std::string& router) const;

    const Links& links_;
    const Instances& instances_;
    std::set<health::ChangeReporter*> of_links_;  ///< those who look at links
    std::set<PeersProbe*> of_routers_;
};

/// The interfaces that checks of this configuration ask for.
[[nodiscard]] std::vector<std::string> interfaces_of_checks(const config::Config& config);

}  // namespace engine
