#pragma once

#include "net/link.hpp"
#include "net/vrrp_socket.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/address.hpp"
#include "vrrp/time.hpp"

#include <array>
#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string>

namespace engine {

class Instance;

/// One LAN segment: the link to it, its VRRP socket, and the instances that speak there. Pinned.
class Segment {
public:
    /// `loop` outlives the segment.
    Segment(std::string interface, os::Loop& loop);
    Segment(const Segment&) = delete;
    Segment& operator=(const Segment&) = delete;

    [[nodiscard]] const std::string& interface() const { return interface_; }

    /// Lets an instance, which outlives the segment's last turn of the loop, hear its router id.
    void join(Instance& instance);

    /// Takes over how the link is now (nullptr: there is none) and tells the instances.
    void update(const net::Link* link, vrrp::Instant now);

    /// The link while it is there and can be spoken on; nullopt otherwise.
    [[nodiscard]] const std::optional<net::Link>& link() const { return link_; }

    /// Sends one VRRP message to the group. Allocates nothing, never blocks.
    [[nodiscard]] std::expected<void, os::Error> send(std::span<const std::byte> message,
                                                      const vrrp::IpAddress& source);

private:
    void open_socket(const net::Link& link);
    void close_socket();
    void receive(vrrp::Instant now);
    void dispatch(std::span<const std::byte> message, const vrrp::PacketContext& packet,
                  vrrp::Instant now);

    std::string interface_;
    os::Loop& loop_;
    std::optional<net::Link> link_;
    std::optional<net::VrrpSocket> socket_;
    os::Source readable_;
    std::array<Instance*, 256> instances_{};  ///< by virtual router id
};

}  // namespace engine
