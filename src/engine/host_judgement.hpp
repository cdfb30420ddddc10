#pragma once

#include "health/check.hpp"
#include "health/probe_config.hpp"
#include "net/address_watch.hpp"
#include "net/link.hpp"
#include "net/route_message.hpp"
#include "vrrp/address.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>

namespace engine {

// What a host's own state means to the checks that ask for it.

/// How a link is called, by its index.
using LinkName = std::function<std::string(int index)>;

/// Whether the link is there, up and with a carrier; nullptr: it is not there.
[[nodiscard]] health::ProbeResult judge_interface(const std::string& interface,
                                                  const net::Link* link);

/// Whether the address is on the link that the check names, and usable.
[[nodiscard]] health::ProbeResult judge_address(const health::AddressProbeConfig& config,
                                                const net::Link* link);

/// Whether the address is anywhere on this host, and usable.
[[nodiscard]] health::ProbeResult judge_address(const vrrp::IpAddress& address,
                                                const net::AddressWatch::Places& places,
                                                const LinkName& name_of);

/// Whether one of the ways to a network is as the check wants it, and alive.
[[nodiscard]] health::ProbeResult judge_route(const health::RouteProbeConfig& config,
                                              std::span<const net::RouteHop> hops,
                                              const LinkName& name_of);

/// One family of a router, as far as masters go.
struct MasterView {
    bool is_master_itself = false;
    std::optional<vrrp::IpAddress> heard;  ///< another one

    friend bool operator==(const MasterView&, const MasterView&) = default;
};

/// Whether another host is master of the router, in one of its families.
[[nodiscard]] health::ProbeResult judge_peers(const std::string& router,
                                              std::span<const MasterView> families);

}  // namespace engine
