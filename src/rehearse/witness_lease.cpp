// What the witness keeps of leases, and of masters that resume.
#include <algorithm>
#include <chrono>
#include <variant>

#include "rehearse/witness.hpp"

namespace rehearse {

namespace {

using namespace std::chrono_literals;

/// A second less than its peers' patience at least, in whole seconds; at least one.
std::optional<vrrp::Duration> lifetime_of(const vrrp::RouterConfig& config) {
    if (config.refresh_each == vrrp::Duration(0)) {
        return std::nullopt;
    }
    const vrrp::Duration patience = config.down_adverts * vrrp::Duration(config.interval);
    return std::max(vrrp::Duration(1s), (patience / 1s - 1) * vrrp::Duration(1s));
}

/// A master must be back an interval before its peers take over, at two intervals at the latest.
vrrp::Duration longest_silence(const vrrp::RouterConfig& config) {
    return std::clamp(config.down_adverts - 1, 0, 2) * vrrp::Duration(config.interval);
}

}  // namespace

void Witness::note_lease(const Step& step) {
    for (const vrrp::Effect& effect : step.effects) {
        const bool begins = std::holds_alternative<vrrp::InstallAddresses>(effect) ||
                            std::holds_alternative<vrrp::RefreshAddresses>(effect);
        if (begins) {
            leases_[step.host].asked_at = step.now;
        }
        if (begins && !hosts_[step.host].does_kernel_refuse) {
            const vrrp::RouterConfig& config = hosts_[step.host].plan().config;
            LeaseFacts& lease = leases_[step.host];
            lease.begun_at = step.now;
            lease.lifetime = lifetime_of(config);
            lease.is_with_adverts = config.refresh_each >= vrrp::Duration(config.interval);
        }
    }
}

void Witness::note_office(const Step& step) {
    LeaseFacts& lease = leases_[step.host];
    const bool is_master = step.after.state == vrrp::State::master;
    if (std::holds_alternative<vrrp::Startup>(step.event) && is_master &&
        has_proof(step.host, step.now) && step.before.state == vrrp::State::initialize) {
        lease.resumed_at = step.now;
        lease.spoken_before = lease.spoken_at;
        lease.silence = *lease.resumable_until - lease.spoken_at;
    }
    for (const vrrp::Effect& effect : step.effects) {
        const auto* sent = std::get_if<vrrp::SendAdvertisement>(&effect);
        if (sent != nullptr && sent->priority > 0) {
            lease.spoken_at = step.now;
            lease.resumable_until = step.now + longest_silence(hosts_[step.host].plan().config);
        }
    }
    // A process that was told to take part, and did not resume, has nothing to resume.
    if (!is_master && (step.before.state == vrrp::State::master ||
                       std::holds_alternative<vrrp::Startup>(step.event))) {
        lease.resumable_until.reset();
    }
}

bool Witness::has_proof(std::size_t host, vrrp::Instant now) const {
    const auto& until = leases_[host].resumable_until;
    return until && now < *until;
}

bool Witness::has_proof_for_all(std::size_t host, vrrp::Instant now) const {
    const std::size_t first = scenario_.first_of(host);
    for (std::size_t member = first; member < first + scenario_.members; ++member) {
        if (!has_proof(member, now)) {
            return false;
        }
    }
    return true;
}

}  // namespace rehearse
