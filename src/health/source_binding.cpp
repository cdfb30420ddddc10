#include "health/source_binding.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>

namespace health {

namespace {

/// An address as bind() wants it, with any port.
struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

SocketAddress to_socket_address(const vrrp::IpAddress& address) {
    SocketAddress result;
    const auto bytes = address.bytes();
    if (address.family() == vrrp::Family::ipv4) {
        sockaddr_in ipv4{};
        ipv4.sin_family = AF_INET;
        std::memcpy(&ipv4.sin_addr, bytes.data(), bytes.size());
        std::memcpy(&result.storage, &ipv4, sizeof ipv4);
        result.size = sizeof ipv4;
    } else {
        sockaddr_in6 ipv6{};
        ipv6.sin6_family = AF_INET6;
        std::memcpy(&ipv6.sin6_addr, bytes.data(), bytes.size());
        std::memcpy(&result.storage, &ipv6, sizeof ipv6);
        result.size = sizeof ipv6;
    }
    return result;
}

}  // namespace

std::expected<void, os::Error> bind_to_source(int fd, const ProbeSource& source) {
    const std::string& interface = source.interface;
    if (!interface.empty() && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(),
                                         static_cast<socklen_t>(interface.size() + 1)) != 0) {
        return std::unexpected(os::last_error("speak from interface " + interface));
    }
    if (!source.address) {
        return {};
    }
    // The port is chosen when the socket is connected: many connections may then share one.
    const int yes = 1;
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    const SocketAddress address = to_socket_address(*source.address);
    if (bind(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0) {
        return std::unexpected(os::last_error("speak from " + source.address->to_text()));
    }
    return {};
}

}  // namespace health
