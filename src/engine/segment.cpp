#include "engine/segment.hpp"

#include "engine/instance.hpp"
#include "os/log.hpp"
#include "vrrp/advertisement.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>

#include <cassert>
#include <cerrno>
#include <chrono>
#include <utility>

namespace engine {

namespace {

constexpr vrrp::Duration retry_gap = std::chrono::seconds(1);

}  // namespace

std::expected<std::unique_ptr<Segment>, os::Error> Segment::create(std::string interface,
                                                                   os::Loop& loop) {
    std::unique_ptr<Segment> segment(new Segment(std::move(interface), loop));
    auto retry = loop.timer(os::Urgency::links, [self = segment.get()](vrrp::Instant now) {
        self->open_socket(now);
        self->tell_instances(now);
    });
    if (!retry) {
        return std::unexpected(retry.error());
    }
    segment->retry_ = std::move(*retry);
    return segment;
}

Segment::Segment(std::string interface, os::Loop& loop)
    : interface_(std::move(interface)), loop_(loop) {}

void Segment::join(Instance& instance) {
    Instance*& place = instances_[instance.router().config().virtual_router_id];
    assert(place == nullptr);
    place = &instance;
    virtual_addresses_.insert(virtual_addresses_.end(), instance.addresses().begin(),
                              instance.addresses().end());
}

void Segment::update(const net::Link* link, vrrp::Instant now) {
    const bool was_up = link_ && link_->is_up;
    if (link_ && (link == nullptr || link->index != link_->index)) {
        // Another link of the same name has none of our addresses, and none of our memberships.
        close_socket();
        link_.reset();
        tell_instances(now);
    }
    link_ = link != nullptr ? std::optional(*link) : std::nullopt;
    if (link_ && !socket_) {
        open_socket(now);
    }
    const bool is_up = link_ && link_->is_up;
    if (was_up != is_up) {
        os::log::info(is_up ? "link is up" : "link is down", {{"interface", interface_}});
    }
    tell_instances(now);
}

void Segment::tell_instances(vrrp::Instant now) {
    for (Instance* instance : instances_) {
        if (instance != nullptr) {
            instance->take_link(now);
        }
    }
}

std::string Segment::why_silent() const {
    if (!link_) {
        return fmt::format("interface {} is not there", interface_);
    }
    if (!link_->is_up) {
        return fmt::format("interface {} is down or has no carrier", interface_);
    }
    return socket_error_ ? socket_error_->message() : "";
}

std::expected<void, os::Error> Segment::send(std::span<const std::byte> message,
                                             const vrrp::IpAddress& source) {
    if (!socket_) {
        return std::unexpected(os::Error{ENODEV, "send an advertisement on " + interface_});
    }
    return socket_->send(
        message,
        {.source = source, .destination = net::vrrp_group(vrrp::Family::ipv4), .ttl = 255});
}

/// Opens the socket, or tries again after a while: without it we would be deaf and mute, and a
/// second master.
void Segment::open_socket(vrrp::Instant now) {
    if (!link_ || socket_) {
        return;
    }
    auto socket = net::VrrpSocket::open(*link_, vrrp::Family::ipv4);
    auto readable =
        socket ? loop_.watch(socket->fd(), EPOLLIN, os::Urgency::adverts,
                             [this](std::uint32_t /*events*/, vrrp::Instant at) { receive(at); })
               : std::unexpected(socket.error());
    if (readable) {
        socket_ = std::move(*socket);
        readable_ = std::move(*readable);
        socket_error_.reset();
        return;
    }
    if (!std::exchange(socket_error_, readable.error())) {
        os::log::error("can't speak on the link, and tries again",
                       {{"interface", interface_}, {"error", readable.error().message()}});
    }
    retry_.arm(now + retry_gap);
}

void Segment::close_socket() {
    readable_ = os::Source();
    socket_.reset();
    retry_.disarm();
}

void Segment::receive(vrrp::Instant now) {
    // What does not fit into one batch keeps the socket readable, and waits for the next turn.
    static_cast<void>(socket_->receive([this, now](const net::IpPacket& packet) {
        dispatch(packet.message, packet.context, now);
    }));
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
