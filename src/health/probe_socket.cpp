#include "health/probe_socket.hpp"

#include "health/socket_address.hpp"
#include "health/source_binding.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

namespace health {

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
    if (auto bound = bind_to_source(fd, source); !bound) {
        return bound;
    }
    const SocketAddress other(peer.address, peer.port);
    if (connect(fd, other.get(), other.size()) != 0) {
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
