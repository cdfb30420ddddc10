#include "engine/link_report.hpp"

#include "os/log.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace engine {

namespace {

/// Below it the kernel takes IPv6 off a link (RFC 8200 section 5).
constexpr std::uint32_t smallest_ipv6_mtu = 1280;

void tell_up_or_down(const std::string& interface, bool was_up, const net::Link* after,
                     const std::string& departure) {
    const bool is_up = after != nullptr && after->is_up;
    if (!was_up && is_up) {
        os::log::info("link is up",
                      {{"interface", interface}, {"effect", "its routers can take part"}});
    } else if (was_up && !is_up) {
        os::log::warning("link is down",
                         {{"interface", interface},
                          {"reason", departure.empty() ? why_down(*after) : departure},
                          {"effect", "its routers leave the election"}});
    } else if (was_up && !departure.empty()) {
        os::log::warning("another link has the name now",
                         {{"interface", interface},
                          {"reason", departure},
                          {"effect", "its routers leave the election, and begin anew"}});
    }
}

}  // namespace

std::string why_down(const net::Link& link) {
    return fmt::format("interface {} {}", link.name,
                       link.is_enabled ? "has no carrier" : "is down");
}

std::string why_gone(const std::string& interface, const net::Link* former) {
    return former == nullptr
               ? fmt::format("interface {} was deleted", interface)
               : fmt::format("interface {} was renamed to {}", interface, former->name);
}

void tell_link(const std::string& interface, const std::optional<net::Link>& before,
               const net::Link* after, const std::string& departure) {
    tell_up_or_down(interface, before && before->is_up, after, departure);
    if (!before || after == nullptr || !departure.empty()) {
        return;
    }
    if (before->mac != after->mac) {
        os::log::info("link has another MAC address",
                      {{"interface", interface},
                       {"from", net::to_text(before->mac)},
                       {"to", net::to_text(after->mac)},
                       {"effect", "masters announce their addresses again"}});
    }
    if (before->mtu != after->mtu) {
        os::log::info(
            "link has another MTU",
            {{"interface", interface},
             {"from", std::to_string(before->mtu)},
             {"to", std::to_string(after->mtu)},
             {"effect", after->mtu < smallest_ipv6_mtu ? "the kernel takes IPv6 off it" : "none"}});
    }
}

void tell_source(const std::string& interface, const SourceChange& change) {
    if (!change.to) {
        os::log::warning("address to speak from is gone",
                         {{"interface", interface},
                          {"address", change.from->to_text()},
                          {"effect", "routers that spoke from it leave the election"}});
    } else if (!change.from) {
        os::log::info("address to speak from is there", {{"interface", interface},
                                                         {"address", change.to->to_text()},
                                                         {"effect", "routers can take part"}});
    } else {
        os::log::info("address to speak from is another", {{"interface", interface},
                                                           {"from", change.from->to_text()},
                                                           {"to", change.to->to_text()},
                                                           {"effect", "adverts come from it"}});
    }
}

}  // namespace engine
