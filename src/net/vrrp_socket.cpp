#include "net/vrrp_socket.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "net/kernel_address.hpp"
#include "net/outgoing.hpp"

namespace net {

namespace {

constexpr unsigned packets_per_call = 32;

/// More than the longest: the headers of IPv4 and AH, the message, and what may follow it.
constexpr std::size_t packet_size = vrrp::max_message_size + 256;

}  // namespace

/// Where recvmmsg writes: prepared once, so that receiving allocates nothing. The packets come last
/// and unwritten, so that only those that are used take memory.
struct VrrpSocket::Buffers {
    Buffers() {
        for (std::size_t i = 0; i < packets_per_call; ++i) {
            parts[i] = {.iov_base = packets[i].data(), .iov_len = packets[i].size()};
            msghdr& header = headers[i].msg_hdr;
            header.msg_iov = &parts[i];
            header.msg_iovlen = 1;
            header.msg_name = &sources[i];
            header.msg_control = controls[i].data.data();
        }
    }

    /// Each call writes over this room how much of it was used.
    void make_room() {
        for (mmsghdr& header : headers) {
            header.msg_hdr.msg_namelen = sizeof(sockaddr_in6);
            header.msg_hdr.msg_controllen = control_room;
        }
    }

    [[nodiscard]] std::optional<IpPacket> packet(std::size_t position, PacketForm form) const;

    struct alignas(cmsghdr) Control {
        std::array<std::byte, control_room> data;
    };

    std::array<mmsghdr, packets_per_call> headers{};
    std::array<iovec, packets_per_call> parts{};
    std::array<sockaddr_in6, packets_per_call> sources{};
    std::array<Control, packets_per_call> controls{};
    std::array<std::array<std::byte, packet_size>, packets_per_call> packets;
};

VrrpSocket::VrrpSocket(os::Fd socket, PacketForm form, int link_index)
    : socket_(std::move(socket)),
      form_(form),
      link_index_(link_index),
      outbox_(std::make_unique_for_overwrite<Outbox>()),
      buffers_(std::make_unique<Buffers>()) {}
VrrpSocket::VrrpSocket(VrrpSocket&&) noexcept = default;
VrrpSocket& VrrpSocket::operator=(VrrpSocket&&) noexcept = default;
VrrpSocket::~VrrpSocket() = default;

std::expected<VrrpSocket, os::Error> VrrpSocket::open(const Link& link, vrrp::Family family) {
    return open(link, family == vrrp::Family::ipv4 ? PacketForm::ipv4 : PacketForm::ipv6);
}

std::expected<VrrpSocket, os::Error> VrrpSocket::open_authenticated(const Link& link) {
    return open(link, PacketForm::authenticated);
}

std::expected<VrrpSocket, os::Error> VrrpSocket::open(const Link& link, PacketForm form) {
    auto socket = open_raw_socket(link, form);
    if (!socket) {
        return std::unexpected(socket.error());
    }
    return VrrpSocket(std::move(*socket), form, link.index);
}

int VrrpSocket::fd() const {
    return socket_.get();
}

vrrp::Family VrrpSocket::family() const {
    return form_ == PacketForm::ipv6 ? vrrp::Family::ipv6 : vrrp::Family::ipv4;
}

std::expected<void, os::Error> VrrpSocket::admit(const RouterIds& ids) {
    return attach_filter(socket_.get(), router_id_filter(ids, form_));
}

std::expected<void, os::Error> VrrpSocket::send(std::span<const std::byte> message,
                                                const vrrp::PacketContext& packet) {
    assert(form_ != PacketForm::authenticated);
    assert(packet.source.family() == family() && packet.destination.family() == family());
    Outgoing outgoing(message, packet.destination, link_index_);
    outgoing.put(packet, link_index_);
    if (!outgoing.send(socket_.get())) {
        return std::unexpected(os::Error{errno, not_sent(packet)});
    }
    return {};
}

std::expected<void, os::Error> VrrpSocket::send_packet(std::span<const std::byte> whole,
                                                       const vrrp::IpAddress& destination) {
    assert(form_ == PacketForm::authenticated);
    const Outgoing outgoing(whole, destination, link_index_);
    if (!outgoing.send(socket_.get())) {
        return std::unexpected(
            os::last_error("send an authenticated advertisement to " + destination.to_text()));
    }
    return {};
}

bool VrrpSocket::queue(std::span<const std::byte> message, const vrrp::PacketContext& packet) {
    assert(form_ != PacketForm::authenticated);
    assert(packet.source.family() == family() && packet.destination.family() == family());
    return outbox_->add(message, packet, link_index_);
}

void VrrpSocket::flush(const OnRefused& on_refused) {
    outbox_->send(socket_.get(), on_refused);
}

bool VrrpSocket::receive(const OnPacket& on_packet) {
    buffers_->make_room();
    const int count =
        recvmmsg(socket_.get(), buffers_->headers.data(), packets_per_call, 0, nullptr);
    const auto received = static_cast<std::size_t>(std::max(count, 0));
    for (std::size_t i = 0; i < received; ++i) {
        if (const auto packet = buffers_->packet(i, form_)) {
            on_packet(*packet);
        }
    }
    return received == packets_per_call;
}

namespace {

/// Where a packet of IPv6 went, and its hop limit: the kernel hands them out beside the packet.
void read_control(const msghdr& header, vrrp::PacketContext& context) {
    // CMSG_NXTHDR does not write, but does not say so.
    auto* const room = const_cast<msghdr*>(&header);
    for (cmsghdr* item = CMSG_FIRSTHDR(room); item != nullptr; item = CMSG_NXTHDR(room, item)) {
        if (item->cmsg_level != IPPROTO_IPV6) {
            continue;
        }
        if (item->cmsg_type == IPV6_PKTINFO) {
            in6_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(item), sizeof info);
            context.destination = from_kernel(info.ipi6_addr);
        } else if (item->cmsg_type == IPV6_HOPLIMIT) {
            int hop_limit = 0;
            std::memcpy(&hop_limit, CMSG_DATA(item), sizeof hop_limit);
            context.ttl = static_cast<std::uint8_t>(hop_limit);
        }
    }
}

}  // namespace

std::optional<IpPacket> VrrpSocket::Buffers::packet(std::size_t position, PacketForm form) const {
    const mmsghdr& header = headers[position];
    if ((header.msg_hdr.msg_flags & MSG_TRUNC) != 0) {
        return std::nullopt;
    }
    const auto bytes = std::span<const std::byte>(packets[position]).first(header.msg_len);
    if (form != PacketForm::ipv6) {
        return decode_ip_packet(bytes, protocol_of(form));
    }
    IpPacket result{.context = {.source = from_kernel(sources[position].sin6_addr)},
                    .message = bytes,
                    .whole = bytes};
    read_control(header.msg_hdr, result.context);
    return result;
}

}  // namespace net
