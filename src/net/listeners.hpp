#pragma once

#include "os/error.hpp"
#include "vrrp/address.hpp"

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <vector>

namespace net {

/// A TCP socket of this network that waits for clients.
struct Listener {
    vrrp::IpAddress address;  ///< all zeros: any address
    std::uint16_t port = 0;
    ino_t inode = 0;  ///< as a process that holds it shows it: "socket:[4711]"

    friend bool operator==(const Listener&, const Listener&) = default;
};

/// All of them, as sock_diag(7) tells; costs the same however many connections there are.
[[nodiscard]] std::expected<std::vector<Listener>, os::Error> dump_listeners();

}  // namespace net
