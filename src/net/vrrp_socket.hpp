#pragma once

#include "net/ip_packet.hpp"
#include "net/link.hpp"
#include "net/outbox.hpp"
#include "net/raw_socket.hpp"
#include "net/socket_filter.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "vrrp/advertisement.hpp"

#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <span>

namespace net {

/// VRRP on one link over IPv4 or IPv6: the group joined, our own packets to it not looped back,
/// nothing of other links; what peers send to an address of this host arrives too. It belongs to
/// the link's index: it outlasts that the link goes down or is renamed, but not that the link is
/// deleted. When a link of the same name appears with another index, the owner opens another
/// socket.
class VrrpSocket {
public:
    /// IP protocol 112. Until admit() is called, packets of all router ids arrive.
    [[nodiscard]] static std::expected<VrrpSocket, os::Error> open(const Link& link,
                                                                   vrrp::Family family);

    /// VRRP behind an Authentication Header (RFC 2338 section 5.3.6.3): IPv4, IP protocol 51. What
    /// it hands out as a packet's message begins with that header, and it sends by send_packet().
    [[nodiscard]] static std::expected<VrrpSocket, os::Error> open_authenticated(const Link& link);

    VrrpSocket(VrrpSocket&&) noexcept;
    VrrpSocket& operator=(VrrpSocket&&) noexcept;
    ~VrrpSocket();

    /// For the loop: readable when packets wait.
    [[nodiscard]] int fd() const;

    /// From now on the kernel drops packets of other router ids without waking anybody; those that
    /// wait already are still handed out. May be called again at any time. After an error it is as
    /// it was.
    [[nodiscard]] std::expected<void, os::Error> admit(const RouterIds& ids);

    /// Sends one VRRP message, as it is, to the group or a peer, from an address that must be this
    /// host's; both are of the socket's family. The TTL is 1 to 255. Never blocks, and allocates
    /// nothing but the text of an error.
    [[nodiscard]] std::expected<void, os::Error> send(std::span<const std::byte> message,
                                                      const vrrp::PacketContext& packet);

    /// Like send(), but only with the next flush(): many packets for one system call. False where
    /// there is no room until then. Allocates nothing.
    [[nodiscard]] bool queue(std::span<const std::byte> message, const vrrp::PacketContext& packet);

    using OnRefused = Outbox::OnRefused;

    /// Sends what was queued, in that order, and hands out each message that the kernel refused.
    void flush(const OnRefused& on_refused);

    /// Sends one IPv4 packet, header and all, through an authenticated socket. The kernel writes
    /// the header's checksum, and the identification where that is 0; it does not ask whose the
    /// source address is. Otherwise like send().
    [[nodiscard]] std::expected<void, os::Error> send_packet(std::span<const std::byte> whole,
                                                             const vrrp::IpAddress& destination);

    using OnPacket = std::function<void(const IpPacket& packet)>;

    /// Takes what waits (one recvmmsg, a bounded number of packets) and hands out each packet;
    /// those whose IP header makes no sense, and those longer than any VRRP message, are passed
    /// over. What is handed out is valid during the call, which must not destroy the socket.
    /// Returns whether more may wait. Allocates nothing.
    [[nodiscard]] bool receive(const OnPacket& on_packet);

private:
    struct Buffers;
    VrrpSocket(os::Fd socket, PacketForm form, int link_index);

    static std::expected<VrrpSocket, os::Error> open(const Link& link, PacketForm form);
    [[nodiscard]] vrrp::Family family() const;

    os::Fd socket_;
    PacketForm form_;
    int link_index_;
    std::unique_ptr<Outbox> outbox_;
    std::unique_ptr<Buffers> buffers_;
};

}  // namespace net
