#pragma once

#include "engine/claim_watch.hpp"
#include "net/claim.hpp"
#include "net/ip_packet.hpp"
#include "net/link.hpp"
#include "net/link_mirror.hpp"
#include "net/socket_filter.hpp"
#include "net/vrrp_socket.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/address.hpp"
#include "vrrp/advertisement.hpp"
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

/// One LAN segment as one address family sees it: the link to it, its VRRP sockets, and the
/// instances that speak there. Pinned.
class Segment {
public:
    /// `loop` outlives the segment.
    [[nodiscard]] static std::expected<std::unique_ptr<Segment>, os::Error> create(
        std::string interface, vrrp::Family family, os::Loop& loop);
    Segment(const Segment&) = delete;
    Segment& operator=(const Segment&) = delete;

    [[nodiscard]] const std::string& interface() const { return interface_; }
    [[nodiscard]] vrrp::Family family() const { return family_; }

    /// From now on these instances, and no others, hear their router ids. They outlive the
    /// segment's turns of the loop until others are set. `elsewhere` are addresses that instances
    /// of the other family move on this link: of this family, no address to speak from.
    void set_members(std::span<Instance* const> members,
                     std::span<const vrrp::VirtualAddress> elsewhere, vrrp::Instant now);

    /// Whether it tells the log what becomes of the link.
    void set_tells_link(bool tells_link) { tells_link_ = tells_link; }

    /// Takes over how the link is now, and tells the instances and the log.
    void update(const net::LinkMirror& links, vrrp::Instant now);

    /// The link while it is there, up or down; also one that was taken away from the instances,
    /// until they have left it.
    [[nodiscard]] const std::optional<net::Link>& link() const { return link_; }

    /// Whether this host has that address here.
    [[nodiscard]] bool has_address(const vrrp::IpAddress& address) const;

    /// Whether the instances can hear and be heard there.
    [[nodiscard]] bool can_speak() const { return link_ && link_->is_up && plain_.socket; }

    /// Why not: "interface eth0 is not there"; asked while can_speak() is false.
    [[nodiscard]] std::string why_silent() const;

    /// The virtual addresses of all instances here, and those to avoid: none of them is an address
    /// to speak from.
    [[nodiscard]] const std::vector<vrrp::VirtualAddress>& virtual_addresses() const {
        return virtual_addresses_;
    }

    /// Sends one VRRP message to the group or a peer, after all that were queued. Allocates
    /// nothing, never blocks.
    [[nodiscard]] std::expected<void, os::Error> send(std::span<const std::byte> message,
                                                      const vrrp::PacketContext& packet);

    /// Like send(), but together with others at the end of the callback in hand; a refusal goes to
    /// the instance of the message's router id, see Instance::take_failure().
    [[nodiscard]] std::expected<void, os::Error> queue(std::span<const std::byte> message,
                                                       const vrrp::PacketContext& packet);

    /// Sends what was queued.
    void flush();

    /// Sends one whole IPv4 packet that carries an authentication header.
    [[nodiscard]] std::expected<void, os::Error> send_packet(std::span<const std::byte> whole,
                                                             const vrrp::IpAddress& destination);

private:
    struct Ear {
        std::optional<net::VrrpSocket> socket;
        os::Source readable;
    };

    Segment(std::string interface, vrrp::Family family, os::Loop& loop);

    [[nodiscard]] os::Error no_socket() const;
    template <typename Call>
    void for_each(Call call) {
        for (Instance* instance : instances_) {
            if (instance != nullptr) {
                call(*instance);
            }
        }
    }

    void adapt_sockets(const net::RouterIds& ids_before, vrrp::Instant now);
    void open_sockets(vrrp::Instant now);
    [[nodiscard]] std::expected<void, os::Error> open_ear(Ear& ear, net::PacketForm form);
    void close_sockets();
    void part(std::string departure, vrrp::Instant now);
    void tell_instances(vrrp::Instant now);
    void tell_sources(vrrp::Instant now);
    void receive(Ear& ear, net::PacketForm form, vrrp::Instant now);
    void dispatch(const net::IpPacket& packet, net::PacketForm form, vrrp::Instant now);
    void take_claim(const net::Claim& claim, vrrp::Instant now);

    std::string interface_;
    vrrp::Family family_;
    bool tells_link_ = false;  ///< of the segments of one link one does
    os::Loop& loop_;
    std::optional<net::Link> link_;
    std::string departure_;  ///< why the link is no longer ours, while the instances leave it
    Ear plain_;
    Ear authenticated_;  ///< where an instance needs it
    bool needs_authenticated_ = false;
    net::RouterIds ids_;
    bool has_queued_ = false;  ///< adverts wait in the plain socket's queue
    os::Timer retry_;
    std::optional<os::Error> socket_error_;  ///< why there is no socket, once it was told
    std::vector<vrrp::VirtualAddress> virtual_addresses_;
    std::array<Instance*, 256> instances_{};  ///< by virtual router id
    ClaimWatch claims_;
};

}  // namespace engine
