#include "engine/segment.hpp"

#include "auth/authentication_header.hpp"
#include "engine/instance.hpp"
#include "engine/link_report.hpp"
#include "os/log.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iterator>
#include <utility>

namespace engine {

namespace {

constexpr vrrp::Duration retry_gap = std::chrono::seconds(1);

}  // namespace

std::expected<std::unique_ptr<Segment>, os::Error> Segment::create(std::string interface,
                                                                   vrrp::Family family,
                                                                   os::Loop& loop) {
    std::unique_ptr<Segment> segment(new Segment(std::move(interface), family, loop));
    auto retry = loop.timer(os::Urgency::links, [self = segment.get()](vrrp::Instant now) {
        self->open_sockets(now);
        self->tell_instances(now);
    });
    if (!retry) {
        return std::unexpected(retry.error());
    }
    segment->retry_ = std::move(*retry);
    return segment;
}

Segment::Segment(std::string interface, vrrp::Family family, os::Loop& loop)
    : interface_(std::move(interface)),
      family_(family),
      loop_(loop),
      claims_(loop,
              [this](const net::Claim& claim, vrrp::Instant now) { take_claim(claim, now); }) {}

void Segment::set_members(std::span<Instance* const> members,
                          std::span<const vrrp::VirtualAddress> elsewhere, vrrp::Instant now) {
    flush();  // what waits may be of one that is no member any more
    const net::RouterIds ids_before = std::exchange(ids_, {});
    const auto addresses_before = std::exchange(virtual_addresses_, {});
    instances_ = {};
    needs_authenticated_ = false;
    for (Instance* const instance : members) {
        const std::uint8_t id = instance->router().config().virtual_router_id;
        assert(instances_[id] == nullptr);
        instances_[id] = instance;
        ids_.set(id);
        needs_authenticated_ |= instance->uses_header();
        virtual_addresses_.insert(virtual_addresses_.end(), instance->addresses().begin(),
                                  instance->addresses().end());
    }
    std::ranges::copy_if(elsewhere, std::back_inserter(virtual_addresses_),
                         [this](const auto& any) { return any.address.family() == family_; });
    if (virtual_addresses_ != addresses_before) {
        claims_.watch(virtual_addresses_);
    }
    if (plain_.socket) {
        adapt_sockets(ids_before, now);
    }
}

/// What can't be adapted is opened anew, now or after a while.
void Segment::adapt_sockets(const net::RouterIds& ids_before, vrrp::Instant now) {
    bool is_adapted = needs_authenticated_ == authenticated_.socket.has_value();
    for (Ear* const ear : {&plain_, &authenticated_}) {
        if (ear->socket && ids_ != ids_before) {
            is_adapted &= ear->socket->admit(ids_).has_value();
        }
    }
    if (!is_adapted) {
        close_sockets();
        open_sockets(now);
        tell_instances(now);
    }
}

void Segment::update(const net::LinkMirror& links, vrrp::Instant now) {
    const net::Link* const link = links.find(interface_);
    const std::optional<net::Link> before = link_;
    if (link == nullptr ? !before : before == *link) {
        return;
    }
    const bool is_another = before && (link == nullptr || link->index != before->index);
    const std::string departure =
        is_another ? why_gone(interface_, links.find(before->index)) : std::string();
    if (tells_link_) {
        tell_link(interface_, before, link, departure);
    }
    if (is_another) {
        part(departure, now);
    }
    link_ = link != nullptr ? std::optional(*link) : std::nullopt;
    claims_.update(link, virtual_addresses_);
    if (link_ && !plain_.socket) {
        open_sockets(now);
    }
    if (before && before->is_up && !is_another && link_->is_up) {
        tell_sources(now);
    } else {
        tell_instances(now);
    }
    if (before && !is_another && before->mac != link_->mac) {
        for_each([now](Instance& instance) { instance.take_new_mac(now); });
    }
}

/// Another link of the same name has none of our addresses, and none of our memberships. One that
/// was renamed still has the addresses: the instances leave while it is known.
void Segment::part(std::string departure, vrrp::Instant now) {
    close_sockets();
    departure_ = std::move(departure);
    tell_instances(now);
    departure_.clear();
    link_.reset();
    tell_instances(now);
}

void Segment::tell_instances(vrrp::Instant now) {
    for_each([now](Instance& instance) { instance.take_link(now); });
}

/// Tells the instances, and the log once what many of them do: they speak from another address.
void Segment::tell_sources(vrrp::Instant now) {
    std::vector<SourceChange> changes;
    for_each([now, &changes](Instance& instance) {
        const auto from = instance.router().source();
        instance.take_link(now);
        const SourceChange change{from, instance.router().source()};
        if (change.from != change.to && std::ranges::find(changes, change) == changes.end()) {
            changes.push_back(change);
        }
    });
    for (const SourceChange& change : changes) {
        tell_source(interface_, change);
    }
}

bool Segment::has_address(const vrrp::IpAddress& address) const {
    return link_ && std::ranges::find(link_->addresses, address, &net::LinkAddress::address) !=
                        link_->addresses.end();
}

std::string Segment::why_silent() const {
    if (!departure_.empty()) {
        return departure_;
    }
    if (!link_) {
        return fmt::format("interface {} is not there", interface_);
    }
    if (!link_->is_up) {
        return why_down(*link_);
    }
    return socket_error_ ? socket_error_->message() : "";
}

std::expected<void, os::Error> Segment::send(std::span<const std::byte> message,
                                             const vrrp::PacketContext& packet) {
    if (!plain_.socket) {
        return std::unexpected(no_socket());
    }
    flush();
    return plain_.socket->send(message, packet);
}

std::expected<void, os::Error> Segment::queue(std::span<const std::byte> message,
                                              const vrrp::PacketContext& packet) {
    if (!plain_.socket) {
        return std::unexpected(no_socket());
    }
    if (!plain_.socket->queue(message, packet)) {
        flush();
        const bool has_room = plain_.socket->queue(message, packet);
        assert(has_room);
    }
    if (!std::exchange(has_queued_, true)) {
        loop_.at_end([this](vrrp::Instant /*now*/) { flush(); });
    }
    return {};
}

void Segment::flush() {
    if (!std::exchange(has_queued_, false) || !plain_.socket) {
        return;
    }
    const auto take = [this](std::span<const std::byte> message, const os::Error& error) {
        // The router id stands in the second byte of every version.
        Instance* instance = instances_[std::to_integer<std::size_t>(message[1])];
        instance->take_failure(vrrp::SendAdvertisement{}, error, loop_.now());
    };
    // By reference: std::function would keep a copy of it on the heap.
    plain_.socket->flush(std::cref(take));
}

os::Error Segment::no_socket() const {
    return {ENODEV, "send an advertisement on " + interface_};
}

std::expected<void, os::Error> Segment::send_packet(std::span<const std::byte> whole,
                                                    const vrrp::IpAddress& destination) {
    if (!authenticated_.socket) {
        return std::unexpected(no_socket());
    }
    return authenticated_.socket->send_packet(whole, destination);
}

/// Opens the sockets, or tries again after a while: without them we would be deaf and mute, and a
/// second master.
void Segment::open_sockets(vrrp::Instant now) {
    if (!link_ || plain_.socket) {
        return;
    }
    const bool is_ipv4 = family_ == vrrp::Family::ipv4;
    std::expected<void, os::Error> opened;
    if (needs_authenticated_) {
        opened = open_ear(authenticated_, net::PacketForm::authenticated);
    }
    if (opened) {
        opened = open_ear(plain_, is_ipv4 ? net::PacketForm::ipv4 : net::PacketForm::ipv6);
    }
    if (opened) {
        if (std::exchange(socket_error_, std::nullopt)) {
            os::log::info("can speak on the link again", {{"interface", interface_}});
        }
        return;
    }
    close_sockets();
    if (!std::exchange(socket_error_, opened.error())) {
        os::log::error("can't speak on the link, and tries again",
                       {{"interface", interface_}, {"error", opened.error().message()}});
    }
    retry_.arm(now + retry_gap);
}

std::expected<void, os::Error> Segment::open_ear(Ear& ear, net::PacketForm form) {
    auto socket = form == net::PacketForm::authenticated
                      ? net::VrrpSocket::open_authenticated(*link_)
                      : net::VrrpSocket::open(*link_, family_);
    if (!socket) {
        return std::unexpected(socket.error());
    }
    if (const auto admitted = socket->admit(ids_); !admitted) {
        return admitted;
    }
    auto readable = loop_.watch(
        socket->fd(), EPOLLIN, os::Urgency::adverts,
        [this, &ear, form](std::uint32_t /*events*/, vrrp::Instant at) { receive(ear, form, at); });
    if (!readable) {
        return std::unexpected(readable.error());
    }
    ear.socket = std::move(*socket);
    ear.readable = std::move(*readable);
    return {};
}

void Segment::close_sockets() {
    plain_ = {};
    authenticated_ = {};
    retry_.disarm();
}

/// Adverts go before deadlines, so that a stalled daemon hears what was said before it speaks. In a
/// flood that would be never: while more waits than one batch, the deadlines have their turn.
void Segment::receive(Ear& ear, net::PacketForm form, vrrp::Instant now) {
    const auto take = [this, form, now](const net::IpPacket& packet) {
        dispatch(packet, form, now);
    };
    // By reference: std::function would keep a copy of it on the heap.
    const bool is_flooded = ear.socket->receive(std::cref(take));
    ear.readable.set_urgency(is_flooded ? os::Urgency::links : os::Urgency::adverts);
}

/// The router id stands in the second byte of every version. The kernel's filter has looked at it,
/// but not at what came before the filter.
void Segment::dispatch(const net::IpPacket& packet, net::PacketForm form, vrrp::Instant now) {
    const std::size_t offset =
        form == net::PacketForm::authenticated ? auth::authentication_header_size : 0;
    if (packet.message.size() < offset + 2) {
        return;
    }
    const auto id = std::to_integer<std::size_t>(packet.message[offset + 1]);
    if (Instance* instance = instances_[id]) {
        instance->hear(packet, form, now);
    }
}

void Segment::take_claim(const net::Claim& claim, vrrp::Instant now) {
    for_each([&claim, now](Instance& instance) { instance.take_claim(claim, now); });
}

}  // namespace engine
