#include "engine/host_judgement.hpp"

#include "engine/link_report.hpp"

#include <fmt/format.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <string_view>

namespace engine {

namespace {

health::ProbeResult good(std::string detail) {
    return {.is_good = true, .detail = std::move(detail), .number = std::nullopt, .warning = {}};
}

health::ProbeResult bad(std::string detail) {
    return {.is_good = false, .detail = std::move(detail), .number = std::nullopt, .warning = {}};
}

/// Why an address that is there can't be used yet, or at all; empty where it can.
std::string_view why_unusable(const net::LinkAddress& address) {
    if (address.is_duplicate) {
        return ", but another host has it too";
    }
    return address.is_tentative ? ", but not usable yet" : "";
}

health::ProbeResult judge(const net::LinkAddress& address, const std::string& link) {
    const std::string_view but = why_unusable(address);
    std::string detail = fmt::format("{} is on {}{}", address.address.to_text(), link, but);
    return but.empty() ? good(std::move(detail)) : bad(std::move(detail));
}

std::string_view fate_of(const net::RouteHop& hop) {
    switch (hop.type) {
        case RTN_UNICAST: return hop.is_alive ? "" : ", which is dead";
        case RTN_LOCAL: return "";
        case RTN_BLACKHOLE: return ", which drops all";
        default: return ", which refuses all";
    }
}

std::string text_of(const net::RouteHop& hop, const LinkName& name_of) {
    std::string text;
    if (hop.via) {
        text += " via " + hop.via->to_text();
    }
    if (hop.link_index != 0) {
        text += " on " + name_of(hop.link_index);
    }
    return text;
}

std::string text_of(const health::RouteProbeConfig& config) {
    const bool is_default = config.network.prefix_length == 0;
    std::string text =
        is_default ? std::string("default route") : "route to " + vrrp::to_text(config.network);
    if (is_default && config.network.address.family() == vrrp::Family::ipv6) {
        text = "IPv6 " + text;
    }
    if (config.via) {
        text += " via " + config.via->to_text();
    }
    if (!config.interface.empty()) {
        text += " on " + config.interface;
    }
    return config.table ? fmt::format("{} in table {}", text, *config.table) : text;
}

}  // namespace

health::ProbeResult judge_interface(const std::string& interface, const net::Link* link) {
    if (link == nullptr) {
        return bad(fmt::format("interface {} is not there", interface));
    }
    return link->is_up ? good(fmt::format("interface {} is up", interface)) : bad(why_down(*link));
}

health::ProbeResult judge_address(const health::AddressProbeConfig& config, const net::Link* link) {
    if (link == nullptr) {
        return bad(fmt::format("interface {} is not there", config.interface));
    }
    const auto found =
        std::ranges::find(link->addresses, config.address, &net::LinkAddress::address);
    return found != link->addresses.end()
               ? judge(*found, config.interface)
               : bad(fmt::format("{} is not on {}", config.address.to_text(), config.interface));
}

health::ProbeResult judge_address(const vrrp::IpAddress& address,
                                  const net::AddressWatch::Places& places,
                                  const LinkName& name_of) {
    if (places.empty()) {
        return bad(fmt::format("this host does not have {}", address.to_text()));
    }
    const auto usable = std::ranges::find_if(
        places, [](const auto& place) { return why_unusable(place.second).empty(); });
    const auto& [link, found] = usable != places.end() ? *usable : *places.begin();
    return judge(found, name_of(link));
}

health::ProbeResult judge_route(const health::RouteProbeConfig& config,
                                std::span<const net::RouteHop> hops, const LinkName& name_of) {
    const net::RouteHop* nearest = nullptr;
    bool is_wanted = false;
    for (const net::RouteHop& hop : hops) {
        const bool fits = (!config.via || hop.via == config.via) &&
                          (config.interface.empty() ||
                           (hop.link_index != 0 && name_of(hop.link_index) == config.interface));
        if (fits && fate_of(hop).empty()) {
            return good(fmt::format("there is the {}",
                                    text_of({.network = config.network, .table = config.table}) +
                                        text_of(hop, name_of)));
        }
        if (nearest == nullptr || (fits && !is_wanted)) {
            nearest = &hop;
            is_wanted = fits;
        }
    }
    if (nearest == nullptr) {
        return bad(fmt::format("there is no {}", text_of(config)));
    }
    if (!is_wanted) {
        return bad(
            fmt::format("there is no {}, but one{}", text_of(config), text_of(*nearest, name_of)));
    }
    return bad(fmt::format(
        "there is the {}{}",
        text_of({.network = config.network, .table = config.table}) + text_of(*nearest, name_of),
        fate_of(*nearest)));
}

health::ProbeResult judge_peers(const std::string& router, std::span<const MasterView> families) {
    for (const MasterView& family : families) {
        if (family.heard && !family.is_master_itself) {
            return good(fmt::format("{} is master of {}", family.heard->to_text(), router));
        }
    }
    const bool is_master_itself = std::ranges::any_of(families, &MasterView::is_master_itself);
    return bad(is_master_itself ? fmt::format("this host is master of {} itself", router)
                                : fmt::format("no other master of {} is heard", router));
}

}  // namespace engine
