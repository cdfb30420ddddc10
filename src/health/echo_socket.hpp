#pragma once

#include "health/echo_message.hpp"
#include "health/probe_config.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "vrrp/address.hpp"

#include <cstdint>
#include <expected>
#include <optional>

namespace health {

/// A socket for the echo requests of one identity to one address, and their answers alone. It is a
/// raw one; without CAP_NET_RAW a ping socket, which the host's net.ipv4.ping_group_range must
/// allow. Nothing blocks.
class EchoSocket {
public:
    [[nodiscard]] static std::expected<EchoSocket, os::Error> open(const EchoIdentity& identity,
                                                                   const vrrp::IpAddress& address,
                                                                   const ProbeSource& source);

    [[nodiscard]] int fd() const { return fd_.get(); }

    /// Fails where the request can't leave this host.
    [[nodiscard]] std::expected<void, os::Error> send(std::uint16_t sequence) const;

    /// The number of the next request that was answered; nullopt once nothing more waits. Fails
    /// once for each error that the network tells of.
    [[nodiscard]] std::expected<std::optional<std::uint16_t>, os::Error> receive() const;

private:
    EchoSocket(const EchoIdentity& identity, EchoForm form, os::Fd fd);

    /// Why requests do not arrive, as ICMP tells it.
    [[nodiscard]] os::Error take_error() const;

    EchoIdentity identity_;
    EchoForm form_;
    os::Fd fd_;
};

}  // namespace health
