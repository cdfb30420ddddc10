#pragma once

#include "vrrp/address.hpp"

#include <sys/socket.h>
#include <cstdint>

namespace health {

/// An address and a port as the kernel takes them. Where the address is link-local, its link is
/// that of the socket, which is bound to it before.
class SocketAddress {
public:
    SocketAddress(const vrrp::IpAddress& address, std::uint16_t port);

    [[nodiscard]] const sockaddr* get() const {
        return reinterpret_cast<const sockaddr*>(&storage_);
    }
    [[nodiscard]] socklen_t size() const { return size_; }

private:
    sockaddr_storage storage_{};
    socklen_t size_ = 0;
};

}  // namespace health
