#pragma once

#include "net/announcement.hpp"
#include "net/link.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "vrrp/address.hpp"

#include <expected>
#include <span>

namespace net {

/// Tells neighbours where addresses are now.
class Announcer {
public:
    [[nodiscard]] static std::expected<Announcer, os::Error> open();

    /// Sends a gratuitous ARP for each IPv4 address, first requests for all, then replies, and with
    /// the requests a neighbour advertisement for each IPv6 address, in as few system calls as
    /// sendmmsg allows. Never blocks. The error is the first refusal's; the others are tried all
    /// the same. A link without a MAC address has nobody to tell: a success.
    [[nodiscard]] std::expected<void, os::Error> announce(
        const Link& link, std::span<const vrrp::VirtualAddress> addresses);

    /// Sends one frame for one address; for an IPv6 address `form` means nothing.
    [[nodiscard]] std::expected<void, os::Error> announce(const Link& link,
                                                          const vrrp::IpAddress& address,
                                                          ArpForm form);

private:
    Announcer() = default;

    os::Fd socket_;
};

}  // namespace net
