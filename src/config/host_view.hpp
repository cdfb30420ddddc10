#pragma once

#include "vrrp/address.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace config {

/// A network interface of this host.
struct LinkView {
    std::string name;
    std::vector<vrrp::VirtualAddress> addresses;  ///< those that no daemon of ours put there
};

/// A socket of this host that waits for clients.
struct ListenerView {
    vrrp::IpAddress address;  ///< all zeros: any address
    std::uint16_t port = 0;
    std::string program;  ///< its name; empty where that can't be seen
};

/// What a configuration is held against: the host as it is now.
struct HostView {
    std::vector<LinkView> links;
    std::vector<ListenerView> listeners;
};

}  // namespace config
