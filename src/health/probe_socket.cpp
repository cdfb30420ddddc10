#include "health/probe_socket.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace health {

namespace {

/// An address as the kernel takes it.
struct SocketAddress {
    SocketAddress(const vrrp::IpAddress& address, std::uint16_t port) {
        const auto bytes = address.bytes();
        if (address.family() == vrrp::Family::ipv4) {
            sockaddr_in ipv4{.sin_family = AF_INET, .sin_port = htons(port)};
            std::memcpy(&ipv4.sin_addr, bytes.data(), bytes.size());
            std::memcpy(&storage, &ipv4, size = sizeof ipv4);
        } else {
            // The link of a link-local address is that of the socket, which is bound to it before.
            sockaddr_in6 ipv6{.sin6_family = AF_INET6, .sin6_port = htons(port)};
            std::memcpy(&ipv6.sin6_addr, bytes.data(), bytes.size());
            std::memcpy(&storage, &ipv6, size = sizeof ipv6);
        }
    }

    [[nodiscard]] const sockaddr* get() const {
        return reinterpret_cast<const sockaddr*>(&storage);
    }

    sockaddr_storage storage{};
    socklen_t size = 0;
};

}  // namespace

std::string Peer::to_text() const {
    return port == 0 ? address.to_text() : fmt::format("{} port {}", address.to_text(), port);
}

std::expected<os::Fd, os::Error> open_socket(vrrp::Family family, int kind, int protocol) {
    const bool is_ipv4 = family == vrrp::Family::ipv4;
    os::Fd fd(
        ::socket(is_ipv4 ? AF_INET : AF_INET6, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
    const int hears = 1;
    if (!fd.is_open() ||
        setsockopt(fd.get(), is_ipv4 ? IPPROTO_IP : IPPROTO_IPV6,
                   is_ipv4 ? IP_RECVERR : IPV6_RECVERR, &hears, sizeof hears) != 0) {
        return std::unexpected(os::last_error("open a socket"));
    }
    return fd;
}

std::expected<void, os::Error> connect_socket(int fd, const ProbeSource& source, const Peer& peer) {
    const std::string& interface = source.interface;
    if (!interface.empty() && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface.data(),
                                         static_cast<socklen_t>(interface.size())) != 0) {
        return std::unexpected(os::last_error("speak from interface " + interface));
    }
    if (source.address) {
        const SocketAddress own(*source.address, 0);
        if (bind(fd, own.get(), own.size) != 0) {
            return std::unexpected(os::last_error("speak from " + source.address->to_text()));
        }
    }
    const SocketAddress other(peer.address, peer.port);
    if (connect(fd, other.get(), other.size) != 0) {
        return std::unexpected(os::last_error("reach " + peer.to_text()));
    }
    return {};
}

ProbeResult failure(const os::Error& error, const Peer& peer) {
    if (error.code == ECONNREFUSED) {
        return {.is_good = false, .detail = "refused by " + peer.to_text()};
    }
    return {.is_good = false, .detail = "can't " + error.message()};
}

}  // namespace health
