#include "health/datagrams.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace health {

std::expected<void, os::Error> Datagrams::open(os::Loop& loop, const ProbeSource& source,
                                               std::span<const std::byte> request, Take take) {
    auto fd = open_socket(peer_.address.family(), SOCK_DGRAM);
    if (!fd) {
        return std::unexpected(fd.error());
    }
    if (const auto connected = connect_socket(fd->get(), source, peer_); !connected) {
        return connected;
    }
    if (send(fd->get(), request.data(), request.size(), 0) < 0) {
        return std::unexpected(os::last_error("send to " + peer_.to_text()));
    }
    auto ready = loop.watch(fd->get(), EPOLLIN, os::Urgency::checks,
                            [this](std::uint32_t /*events*/, vrrp::Instant now) { on_ready(now); });
    if (!ready) {
        return std::unexpected(ready.error());
    }
    fd_ = std::move(*fd);
    take_ = std::move(take);
    source_ = std::move(*ready);
    return {};
}

/// One datagram in each turn of the loop, so that a flood of them holds nobody up.
void Datagrams::on_ready(vrrp::Instant now) {
    std::array<std::byte, 4096> buffer;
    const ssize_t size = recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (size >= 0) {
        take_(std::span<const std::byte>(buffer).first(static_cast<std::size_t>(size)), now);
    } else if (errno != EAGAIN && errno != EINTR) {
        take_(std::unexpected(os::last_error("reach " + peer_.to_text())), now);
    }
}

}  // namespace health
