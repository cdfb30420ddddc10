#include "engine/reason.hpp"

#include "vrrp/timing.hpp"

#include <fmt/format.h>

#include <chrono>

namespace engine {

namespace {

double seconds(vrrp::Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

std::string explain_silence(const vrrp::StateChanged& change, const vrrp::VirtualRouter& router) {
    const auto waited =
        vrrp::master_down_interval(router.config().version, router.master_interval(),
                                   router.priority(), router.config().down_adverts);
    if (change.peer == vrrp::IpAddress{}) {
        return fmt::format("no advertisement from any master for {:.3f} s", seconds(waited));
    }
    return fmt::format("no advertisement from {} for {:.3f} s", change.peer.to_text(),
                       seconds(waited));
}

}  // namespace

std::string explain(const vrrp::StateChanged& change, const vrrp::VirtualRouter& router,
                    std::string_view trigger) {
    const std::string peer = change.peer.to_text();
    switch (change.cause) {
        case vrrp::Cause::startup:
            return trigger.empty() ? "takes part in the election" : std::string(trigger);
        case vrrp::Cause::owner: return "owns the addresses (priority 255)";
        case vrrp::Cause::master_silent: return explain_silence(change, router);
        case vrrp::Cause::master_left: return fmt::format("{} left (priority 0)", peer);
        case vrrp::Cause::master_fell:
            return fmt::format("{} fell to priority {}, ours is {}", peer, change.peer_priority,
                               router.priority());
        case vrrp::Cause::preempt:
            return fmt::format("outranks {}: priority {}, its {}", peer, router.priority(),
                               change.peer_priority);
        case vrrp::Cause::better_master:
            return fmt::format("{} outranks us: its priority {}, ours {}", peer,
                               change.peer_priority, router.priority());
        case vrrp::Cause::yields: return fmt::format("{}: a better router is known", trigger);
        case vrrp::Cause::successor_heard:
            return fmt::format("{} has taken over (priority {})", peer, change.peer_priority);
        case vrrp::Cause::nobody_came: return "nobody took over";
        case vrrp::Cause::shutdown: return "told to stop";
        case vrrp::Cause::priority_zero: return std::string(trigger);
        case vrrp::Cause::no_source:
            return trigger.empty() ? "nothing to speak from" : std::string(trigger);
        case vrrp::Cause::install_failed: return "the addresses can't be installed";
        case vrrp::Cause::stalled:
            return "was stopped for longer than its peers wait: listens before it speaks";
        case vrrp::Cause::group: return "goes with the other address family of this router";
    }
    return {};
}

}  // namespace engine
