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
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace engine {

class Instance;

/// One LAN segment: the link to it, its VRRP socket, and the instances that speak there. Pinned.
class Segment {
public:
    /// `loop` outlives the segment.
    [[nodiscard]] static std::expected<std::unique_ptr<Segment>, os::Error> create(
        std::string interface, os::Loop& loop);
    Segment(const Segment&) = delete;
    Segment& operator=(const Segment&) = delete;

    [[nodiscard]] const std::string& interface() const { return interface_; }

    /// Lets an instance, which outlives the segment's last turn of the loop, hear its router id.
    void join(Instance& instance);

    /// Takes over how the link is now (nullptr: there is none) and tells the instances.
    void update(const net::Link* link, vrrp::Instant now);

    /// The link while it is there, up or down.
    [[nodiscard]] const std::optional<net::Link>& link() const { return link_; }

    /// Whether the instances can hear and be heard there.
    [[nodiscard]] bool can_speak() const { return link_ && link_->is_up && socket_; }

    /// Why not: "interface eth0 is not there"; asked while can_speak() is false.
    [[nodiscard]] std::string why_silent() const;

    /// The virtual addresses of all instances here: none of them is an address to speak from.
    [[nodiscard]] const std::vector<vrrp::VirtualAddress>& virtual_addresses() const {
        return virtual_addresses_;
    }

    /// Sends one VRRP message to the group. Allocates nothing, never blocks.
    [[nodiscard]] std::expected<void, os::Error> send(std::span<const std::byte> message,
                                                      const vrrp::IpAddress& source);

private:
    Segment(std::string interface, os::Loop& loop);

    void open_socket(vrrp::Instant now);
    void close_socket();
    void tell_instances(vrrp::Instant now);
    void receive(vrrp::Instant now);
    void dispatch(std::span<const std::byte> message, const vrrp::PacketContext& packet,
                  vrrp::Instant now);

    std::string interface_;
    os::Loop& loop_;
    std::optional<net::Link> link_;
    std::optional<net::VrrpSocket> socket_;
    os::Source readable_;
    os::Timer retry_;
    std::optional<os::Error> socket_error_;  ///< why there is no socket, once it was told
    std::vector<vrrp::VirtualAddress> virtual_addresses_;
    std::array<Instance*, 256> instances_{};  ///< by virtual router id
};

}  // namespace engine
