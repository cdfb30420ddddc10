#pragma once

#include "engine/host_judgement.hpp"
#include "engine/instance.hpp"
#include "health/change_reporter.hpp"
#include "health/check_config.hpp"
#include "health/probe.hpp"
#include "vrrp/time.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace engine {

/// The probe that asks whether another host is master of a router: it hears one in a family of
/// which it is not master itself.
class PeersProbe final : public health::Probe {
public:
    /// As health::start_probe(). `parts` are those of the router, one for each family; they and
    /// `all`, in which the probe enrols, outlive it.
    [[nodiscard]] static health::StartedProbe start(const health::CheckConfig& check,
                                                    const health::PeersProbeConfig& config,
                                                    std::vector<const Instance*> parts,
                                                    std::set<PeersProbe*>& all,
                                                    health::ProbeContext context);
    ~PeersProbe() override { all_.erase(this); }

    /// The router that it asks about.
    [[nodiscard]] const std::string& router() const { return router_; }

    /// The parts of the router are these from now on.
    void take_parts(std::vector<const Instance*> parts);

    /// Something has happened to a router.
    void take_routers(vrrp::Instant now);

private:
    PeersProbe(const health::CheckConfig& check, const health::PeersProbeConfig& config,
               std::vector<const Instance*> parts, std::set<PeersProbe*>& all,
               health::ProbeContext context);

    [[nodiscard]] health::ProbeResult judge();

    os::Loop& loop_;
    std::string router_;
    std::vector<const Instance*> parts_;
    std::set<PeersProbe*>& all_;
    std::vector<MasterView> seen_;
    health::ChangeReporter reporter_;
};

}  // namespace engine
