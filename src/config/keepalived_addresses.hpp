#pragma once

#include "config/keepalived_line.hpp"
#include "config/placed.hpp"
#include "config/report.hpp"
#include "vrrp/address.hpp"
#include "vrrp/router_config.hpp"

#include <set>
#include <vector>

namespace config {

/// An interface that stands behind an address.
struct KeepalivedDevice {
    KeepalivedToken interface;
    vrrp::IpAddress address;
};

/// Addresses of an instance, each once, and the interfaces that stand behind them.
struct KeepalivedAddresses {
    std::vector<Placed<vrrp::VirtualAddress>> addresses;
    std::set<vrrp::IpAddress> known;  ///< the same, to be found
    std::vector<KeepalivedDevice> devices;
};

/// Reads a block virtual_ipaddress { … }, and adds what it says: of one family.
void read_virtual_addresses(const KeepalivedLine& line, KeepalivedAddresses& addresses,
                            Report& report);

/// Reads a block virtual_ipaddress_excluded { … }, and adds what it says: of any family.
void read_excluded_addresses(const KeepalivedLine& line, KeepalivedAddresses& addresses,
                             Report& report);

/// Reads a block unicast_peer { … }, and adds its peers.
void read_unicast_peers(const KeepalivedLine& line, std::vector<Placed<vrrp::UnicastPeer>>& peers,
                        Report& report);

}  // namespace config
