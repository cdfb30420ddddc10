#include "engine/reason.hpp"

#include "vrrp/timing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>

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

std::string to_text(const vrrp::AddressList& addresses) {
    constexpr std::size_t most = 8;
    std::string text;
    for (std::size_t i = 0; i < std::min(addresses.size(), most); ++i) {
        text += (i == 0 ? "" : " ") + addresses[i].to_text();
    }
    return addresses.size() > most ? fmt::format("{} and {} more", text, addresses.size() - most)
                                   : text;
}

std::string_view to_text(vrrp::ChecksumForm form) {
    return form == vrrp::ChecksumForm::message ? "of the message alone" : "with pseudo-header";
}

std::string_view to_text(vrrp::AuthType type) {
    switch (type) {
        case vrrp::AuthType::none: return "none";
        case vrrp::AuthType::simple_password: return "simple password";
        case vrrp::AuthType::authentication_header: return "authentication header";
    }
    return "?";
}

std::string compare_intervals(vrrp::Centiseconds theirs, vrrp::Centiseconds ours) {
    return fmt::format("interval: theirs {:g} s, ours {:g} s", seconds(theirs), seconds(ours));
}

}  // namespace

std::string explain(const vrrp::StateChanged& change, const vrrp::VirtualRouter& router,
                    std::string_view trigger) {
    const std::string peer = change.peer.to_text();
    switch (change.cause) {
        case vrrp::Cause::startup:
            return trigger.empty() ? "takes part in the election" : std::string(trigger);
        case vrrp::Cause::resumed: return fmt::format("resumed: {}", trigger);
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
        case vrrp::Cause::group: return "goes with its group";
    }
    return {};
}

std::string explain(vrrp::RefuseReason reason, const vrrp::AdvertisementReceived& event,
                    const vrrp::RouterConfig& config) {
    const vrrp::Advertisement& theirs = event.advertisement;
    switch (reason) {
        case vrrp::RefuseReason::version:
            return fmt::format("version: theirs {}, ours {}", static_cast<int>(theirs.version),
                               static_cast<int>(config.version));
        case vrrp::RefuseReason::interval:
            return compare_intervals(theirs.interval, config.interval);
        case vrrp::RefuseReason::auth_type:
            return fmt::format("authentication type: theirs {}, ours {}", to_text(theirs.auth_type),
                               to_text(config.auth_type()));
        case vrrp::RefuseReason::own_address:
            return "own address: it is sent from the address that we speak from";
        case vrrp::RefuseReason::destination:
            return config.is_unicast() ? "destination: it is multicast, we speak unicast"
                                       : "destination: it is unicast, we speak multicast";
        case vrrp::RefuseReason::unknown_peer:
            return "unknown peer: it is not among our unicast peers";
        case vrrp::RefuseReason::ttl:
            return fmt::format("ttl: {} is outside of the peer's bounds", event.packet.ttl);
        case vrrp::RefuseReason::password: return "password: it is not ours";
        case vrrp::RefuseReason::no_addresses:
            return "no addresses: a router that has some hears only those that have, too";
        case vrrp::RefuseReason::first_address:
            return fmt::format("first address: {} is not link-local",
                               theirs.addresses[0].to_text());
        case vrrp::RefuseReason::not_running: break;
    }
    return std::string(to_text(reason));
}

std::string explain(vrrp::Difference difference, const vrrp::AdvertisementReceived& event,
                    const vrrp::VirtualRouter& router) {
    const vrrp::Advertisement& theirs = event.advertisement;
    const vrrp::Advertisement ours = router.advertisement({router.priority()});
    switch (difference) {
        case vrrp::Difference::addresses:
            return fmt::format("addresses: theirs {}, ours {}", to_text(theirs.addresses),
                               to_text(ours.addresses));
        case vrrp::Difference::interval: return compare_intervals(theirs.interval, ours.interval);
        case vrrp::Difference::checksum_form:
            if (theirs.checksum_form == ours.checksum_form) {
                return fmt::format("checksum: theirs {}, ours follows it",
                                   to_text(theirs.checksum_form));
            }
            return fmt::format(
                "checksum: theirs {}, ours {}; both are understood here, but it may "
                "refuse ours",
                to_text(theirs.checksum_form), to_text(ours.checksum_form));
    }
    return {};
}

}  // namespace engine
