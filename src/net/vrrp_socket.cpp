#include "net/vrrp_socket.hpp"

#include <linux/pkt_sched.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <string>
#include <utility>

#include "net/ip_packet.hpp"

namespace net {

namespace {

constexpr unsigned packets_per_call = 32;
constexpr std::size_t packet_size = 2048;  // more than the longest: 60 + 8 + 255 * 4 + 8 bytes

constexpr int type_of_service = IPTOS_CLASS_CS6;  // network control, as other routers send

/// Room for about a thousand packets, so that a flood of others doesn't displace our peers' adverts
/// before we come to read them.
constexpr int receive_buffer_size = 1024 * 1024;

in_addr to_in_addr(const vrrp::IpAddress& address) {
    assert(address.family() == vrrp::Family::ipv4);
    in_addr result{};
    std::memcpy(&result, address.bytes().data(), sizeof result);
    return result;
}

/// The first option that the kernel refuses ends it, with errno set.
bool configure(int fd, const Link& link) {
    const auto set = [fd](int level, int option, const auto& value) {
        return setsockopt(fd, level, option, &value, sizeof value) == 0;
    };
    const ip_mreqn group{
        .imr_multiaddr = to_in_addr(vrrp_group), .imr_address = {}, .imr_ifindex = link.index};
    const auto name_size = static_cast<socklen_t>(link.name.size());
    // Only CAP_NET_ADMIN may exceed the host's limit; without it, what the limit allows.
    if (!set(SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer_size)) {
        set(SOL_SOCKET, SO_RCVBUF, receive_buffer_size);
    }
    // Setting the type of service sets the priority too, so the priority comes after it.
    return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, link.name.data(), name_size) == 0 &&
           set(IPPROTO_IP, IP_MULTICAST_ALL, 0) && set(IPPROTO_IP, IP_MULTICAST_IF, group) &&
           set(IPPROTO_IP, IP_MULTICAST_TTL, 255) && set(IPPROTO_IP, IP_MULTICAST_LOOP, 0) &&
           set(IPPROTO_IP, IP_TOS, type_of_service) &&
           set(SOL_SOCKET, SO_PRIORITY, TC_PRIO_CONTROL) &&
           set(IPPROTO_IP, IP_ADD_MEMBERSHIP, group);
}

}  // namespace

/// Where recvmmsg writes: prepared once, so that receiving allocates nothing.
struct VrrpSocket::Buffers {
    Buffers() {
        for (std::size_t i = 0; i < packets_per_call; ++i) {
            parts[i] = {.iov_base = packets[i].data(), .iov_len = packets[i].size()};
            headers[i].msg_hdr.msg_iov = &parts[i];
            headers[i].msg_hdr.msg_iovlen = 1;
        }
    }

    std::array<std::array<std::byte, packet_size>, packets_per_call> packets;
    std::array<iovec, packets_per_call> parts{};
    std::array<mmsghdr, packets_per_call> headers{};
};

VrrpSocket::VrrpSocket(os::Fd socket, std::unique_ptr<Buffers> buffers)
    : socket_(std::move(socket)), buffers_(std::move(buffers)) {}
VrrpSocket::VrrpSocket(VrrpSocket&&) noexcept = default;
VrrpSocket& VrrpSocket::operator=(VrrpSocket&&) noexcept = default;
VrrpSocket::~VrrpSocket() = default;

std::expected<VrrpSocket, os::Error> VrrpSocket::open(const Link& link) {
    os::Fd socket(::socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, vrrp_protocol));
    if (!socket.is_open() || !configure(socket.get(), link)) {
        return std::unexpected(os::last_error("open the VRRP socket on " + link.name));
    }
    return VrrpSocket(std::move(socket), std::make_unique<Buffers>());
}

int VrrpSocket::fd() const {
    return socket_.get();
}

std::expected<void, os::Error> VrrpSocket::send(std::span<const std::byte> message,
                                                const vrrp::IpAddress& source) {
    sockaddr_in destination{};
    destination.sin_family = AF_INET;
    destination.sin_addr = to_in_addr(vrrp_group);
    // sendmsg does not write, but its structure is shared with recvmsg.
    iovec part{.iov_base = const_cast<std::byte*>(message.data()), .iov_len = message.size()};
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(in_pktinfo))> control{};
    msghdr header{};
    header.msg_name = &destination;
    header.msg_namelen = sizeof destination;
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    in_pktinfo packet_info{};
    packet_info.ipi_spec_dst = to_in_addr(source);
    cmsghdr* const item = CMSG_FIRSTHDR(&header);
    item->cmsg_level = IPPROTO_IP;
    item->cmsg_type = IP_PKTINFO;
    item->cmsg_len = CMSG_LEN(sizeof packet_info);
    std::memcpy(CMSG_DATA(item), &packet_info, sizeof packet_info);
    if (sendmsg(socket_.get(), &header, 0) < 0) {
        return std::unexpected(os::last_error("send an advertisement from " + source.to_text()));
    }
    return {};
}

void VrrpSocket::receive(const OnMessage& on_message) {
    auto& [packets, parts, headers] = *buffers_;
    const int count = recvmmsg(socket_.get(), headers.data(), packets_per_call, 0, nullptr);
    for (std::size_t i = 0; i < static_cast<std::size_t>(std::max(count, 0)); ++i) {
        const auto packet = std::span<const std::byte>(packets[i]).first(headers[i].msg_len);
        if (const auto decoded = decode_ip_packet(packet)) {
            on_message(decoded->message, decoded->context);
        }
    }
}

}  // namespace net
