#pragma once

#include "health/probe_config.hpp"
#include "health/probe_socket.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <cstddef>
#include <expected>
#include <functional>
#include <span>

namespace health {

/// What a UDP peer of a probe gave: a datagram (its first 4096 bytes), or why none can come.
using Datagram = std::expected<std::span<const std::byte>, os::Error>;

/// A UDP conversation with one peer, in the loop: one datagram to it, and what comes back. Pinned.
class Datagrams {
public:
    /// Takes what came, which is valid during the call; may destroy the Datagrams.
    using Take = std::move_only_function<void(const Datagram& datagram, vrrp::Instant now)>;

    explicit Datagrams(const Peer& peer) : peer_(peer) {}
    Datagrams(const Datagrams&) = delete;
    Datagrams& operator=(const Datagrams&) = delete;

    [[nodiscard]] const Peer& peer() const { return peer_; }

    /// Sends `request` from `source`, and from then on gives to `take` what comes. To be called
    /// once.
    [[nodiscard]] std::expected<void, os::Error> open(os::Loop& loop, const ProbeSource& source,
                                                      std::span<const std::byte> request,
                                                      Take take);

private:
    void on_ready(vrrp::Instant now);

    Peer peer_;
    os::Fd fd_;
    Take take_;
    os::Source source_;
};

}  // namespace health
