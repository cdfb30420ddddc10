#pragma once

#include "net/link.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "vrrp/advertisement.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>

namespace net {

/// 224.0.0.18, where routers tell each other of themselves (RFC 3768 section 5.2.2).
inline constexpr vrrp::IpAddress vrrp_group{224, 0, 0, 18};

/// IP protocol 112 on one link, over IPv4: the group joined, TTL 255, our own packets not looped
/// back, nothing of other links. It belongs to the link's index: it outlasts that the link goes
/// down or is renamed, but not that the link is deleted. When a link of the same name appears with
/// another index, the owner opens another socket.
class VrrpSocket {
public:
    [[nodiscard]] static std::expected<VrrpSocket, os::Error> open(const Link& link);

    VrrpSocket(VrrpSocket&&) noexcept;
    VrrpSocket& operator=(VrrpSocket&&) noexcept;
    ~VrrpSocket();

    /// For the loop: readable when packets wait.
    [[nodiscard]] int fd() const;

    /// Sends one VRRP message to the group from `source`, which must be an address of this host.
    /// Never blocks, and allocates nothing but the text of an error.
    [[nodiscard]] std::expected<void, os::Error> send(std::span<const std::byte> message,
                                                      const vrrp::IpAddress& source);

    using OnMessage =
        std::function<void(std::span<const std::byte> message, const vrrp::PacketContext& packet)>;

    /// Takes what waits (one recvmmsg, a bounded number of packets) and hands out each VRRP
    /// message without its IP header; packets whose IP header makes no sense are passed over. What
    /// is handed out is valid during the call, which must not destroy the socket.
    void receive(const OnMessage& on_message);

private:
    struct Buffers;
    VrrpSocket(os::Fd socket, std::unique_ptr<Buffers> buffers);

    os::Fd socket_;
    std::unique_ptr<Buffers> buffers_;
};

}  // namespace net
