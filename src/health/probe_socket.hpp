#pragma once

#include "health/check.hpp"
#include "health/probe_config.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "vrrp/address.hpp"

#include <cstdint>
#include <expected>
#include <string>

namespace health {

/// Whom a probe speaks with.
struct Peer {
    vrrp::IpAddress address;
    std::uint16_t port = 0;  ///< 0 where the protocol has none

    /// "192.0.2.1 port 53", "2001:db8::1"
    [[nodiscard]] std::string to_text() const;
};

/// Opens a socket that never blocks and hears of each ICMP error that its packets cause; `kind` is
/// SOCK_DGRAM or SOCK_RAW, `protocol` 0 for the usual one.
[[nodiscard]] std::expected<os::Fd, os::Error> open_socket(vrrp::Family family, int kind,
                                                           int protocol = 0);

/// Lets the socket speak from `source`, with `peer` alone: the kernel drops what others send to it.
[[nodiscard]] std::expected<void, os::Error> connect_socket(int fd, const ProbeSource& source,
                                                            const Peer& peer);

/// The bad result of a probe that could not speak with `peer`: "refused by 192.0.2.1 port 53".
[[nodiscard]] ProbeResult failure(const os::Error& error, const Peer& peer);

}  // namespace health
