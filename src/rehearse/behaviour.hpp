#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <span>

#include "vrrp/lease.hpp"
#include "vrrp/sync_group.hpp"
#include "vrrp/virtual_router.hpp"

namespace rehearse {

/// How a router is given an event.
using Handle =
    std::function<vrrp::Effects(vrrp::VirtualRouter&, const vrrp::Event&, vrrp::Instant)>;

/// How the simulated daemons use the core. Tests put a broken one here, to see it caught.
struct Behaviour {
    Handle handle = [](vrrp::VirtualRouter& router, const vrrp::Event& event, vrrp::Instant now) {
        return router.handle(event, now);
    };
    std::function<std::optional<vrrp::Instant>(const vrrp::VirtualRouter&)> deadline =
        [](const vrrp::VirtualRouter& router) { return router.deadline(); };
    std::function<std::expected<vrrp::Advertisement, vrrp::DecodeError>(std::span<const std::byte>,
                                                                        const vrrp::PacketContext&)>
        decode = vrrp::decode;
    std::function<std::optional<vrrp::GroupOrder>(std::span<const vrrp::VirtualRouter* const>)>
        next_order = vrrp::next_order;
    /// Whether a new process resumes what an earlier one left, by the ledger that it kept.
    std::function<bool(std::optional<vrrp::Instant>, vrrp::Instant)> may_resume =
        [](std::optional<vrrp::Instant> until, vrrp::Instant now) { return until && now < *until; };
    /// For how long the kernel is asked to keep addresses, where they have a lease.
    std::function<vrrp::Duration(const vrrp::RouterConfig&)> lifetime =
        [](const vrrp::RouterConfig& config) -> vrrp::Duration {
        return vrrp::lease_for(config.down_adverts, config.interval).lifetime;
    };
    bool removes_remains = true;  ///< of an earlier process that is not resumed
};

}  // namespace rehearse
