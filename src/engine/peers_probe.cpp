#include "engine/peers_probe.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace engine {

namespace {

MasterView view_of(const Instance& part, vrrp::Instant now) {
    const auto& heard = part.heard_master();
    const bool is_heard = heard && now < heard->until;
    return {.is_master_itself = part.router().state() == vrrp::State::master,
            .heard = is_heard ? std::optional(heard->address) : std::nullopt};
}

}  // namespace

health::StartedProbe PeersProbe::start(const health::CheckConfig& check,
                                       const health::PeersProbeConfig& config,
                                       std::vector<const Instance*> parts,
                                       std::set<PeersProbe*>& all, health::ProbeContext context) {
    std::unique_ptr<PeersProbe> probe(
        new PeersProbe(check, config, std::move(parts), all, std::move(context)));
    const auto started = probe->reporter_.start();
    return started ? health::StartedProbe(std::move(probe)) : std::unexpected(started.error());
}

PeersProbe::PeersProbe(const health::CheckConfig& check, const health::PeersProbeConfig& config,
                       std::vector<const Instance*> parts, std::set<PeersProbe*>& all,
                       health::ProbeContext context)
    : loop_(context.loop),
      router_(config.router),
      parts_(std::move(parts)),
      all_(all),
      reporter_(check, std::move(context), [this] { return judge(); }) {
    all_.insert(this);
}

void PeersProbe::take_parts(std::vector<const Instance*> parts) {
    if (parts != parts_) {
        parts_ = std::move(parts);
        reporter_.look();
    }
}

/// Each advert comes here, and most of them change nothing.
void PeersProbe::take_routers(vrrp::Instant now) {
    const auto view = [now](const Instance* part) { return view_of(*part, now); };
    if (!std::ranges::equal(parts_, seen_, {}, view)) {
        reporter_.look();
    }
}

/// One that falls silent is no event: it is looked at again when it should have spoken.
health::ProbeResult PeersProbe::judge() {
    const vrrp::Instant now = loop_.now();
    seen_.clear();
    for (const Instance* const part : parts_) {
        seen_.push_back(view_of(*part, now));
        const auto& heard = part->heard_master();
        if (heard && now < heard->until) {
            reporter_.look_at(heard->until);
        }
    }
    return judge_peers(router_, seen_);
}

}  // namespace engine
