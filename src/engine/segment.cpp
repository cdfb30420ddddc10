#include "engine/segment.hpp"

#include "engine/instance.hpp"
#include "os/log.hpp"
#include "vrrp/advertisement.hpp"

#include <sys/epoll.h>

#include <cassert>
#include <cerrno>
#include <utility>

namespace engine {

Segment::Segment(std::string interface, os::Loop& loop)
    : interface_(std::move(interface)), loop_(loop) {}

void Segment::join(Instance& instance) {
    Instance*& place = instances_[instance.router().config().virtual_router_id];
    assert(place == nullptr);
    place = &instance;
}

void Segment::update(const net::Link* link, vrrp::Instant now) {
    const bool was_up = link_ && link_->is_up;
    const bool is_another = link_ && (link == nullptr || link->index != link_->index);
    if (is_another) {
        close_socket();
    }
    link_ = link != nullptr ? std::optional(*link) : std::nullopt;
    if (link_ && !socket_) {
        open_socket(*link_);
    }
    const bool is_up = link_ && link_->is_up;
    if (was_up != is_up) {
        os::log::info(is_up ? "link is up" : "link is down", {{"interface", interface_}});
    }
    for (Instance* instance : instances_) {
        if (instance != nullptr) {
            instance->take_link(now);
        }
    }
}

std::expected<void, os::Error> Segment::send(std::span<const std::byte> message,
                                             const vrrp::IpAddress& source) {
    if (!socket_) {
        return std::unexpected(os::Error{ENODEV, "send an advertisement on " + interface_});
    }
    return socket_->send(message, source);
}

void Segment::open_socket(const net::Link& link) {
    auto socket = net::VrrpSocket::open(link);
    if (!socket) {
        os::log::error("can't speak on the link", {{"error", socket.error().message()}});
        return;
    }
    auto readable =
        loop_.watch(socket->fd(), EPOLLIN, os::Urgency::adverts,
                    [this](std::uint32_t /*events*/, vrrp::Instant now) { receive(now); });
    if (!readable) {
        os::log::error("can't listen on the link", {{"error", readable.error().message()}});
        return;
    }
    socket_ = std::move(*socket);
    readable_ = std::move(*readable);
}

void Segment::close_socket() {
    readable_ = os::Source();
    socket_.reset();
}

void Segment::receive(vrrp::Instant now) {
    socket_->receive(
        [this, now](std::span<const std::byte> message, const vrrp::PacketContext& packet) {
            dispatch(message, packet, now);
        });
}

/// The router id stands in the second byte of every version; others than ours concern nobody here.
void Segment::dispatch(std::span<const std::byte> message, const vrrp::PacketContext& packet,
                       vrrp::Instant now) {
    if (message.size() < 2) {
        return;
    }
    if (Instance* instance = instances_[std::to_integer<std::size_t>(message[1])]) {
        instance->hear(message, packet, now);
    }
}

}  // namespace engine
