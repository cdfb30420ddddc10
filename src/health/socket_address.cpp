#include "health/socket_address.hpp"

#include <netinet/in.h>

#include <cstring>

namespace health {

SocketAddress::SocketAddress(const vrrp::IpAddress& address, std::uint16_t port) {
    const auto bytes = address.bytes();
    if (address.family() == vrrp::Family::ipv4) {
        sockaddr_in ipv4{.sin_family = AF_INET, .sin_port = htons(port)};
        std::memcpy(&ipv4.sin_addr, bytes.data(), bytes.size());
        std::memcpy(&storage_, &ipv4, size_ = sizeof ipv4);
    } else {
        sockaddr_in6 ipv6{.sin6_family = AF_INET6, .sin6_port = htons(port)};
        std::memcpy(&ipv6.sin6_addr, bytes.data(), bytes.size());
        std::memcpy(&storage_, &ipv6, size_ = sizeof ipv6);
    }
}

}  // namespace health
