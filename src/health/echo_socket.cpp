#include "health/echo_socket.hpp"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

#include "health/probe_socket.hpp"

namespace health {

namespace {

std::expected<void, os::Error> attach_filter(int fd, const EchoIdentity& identity) {
    auto filter = echo_filter(identity);
    const sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                             .filter = filter.data()};
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) {
        return std::unexpected(os::last_error("filter answers to pings"));
    }
    return {};
}

}  // namespace

EchoSocket::EchoSocket(const EchoIdentity& identity, EchoForm form, os::Fd fd)
    : identity_(identity), form_(form), fd_(std::move(fd)) {}

std::expected<EchoSocket, os::Error> EchoSocket::open(const EchoIdentity& identity,
                                                      const vrrp::IpAddress& address,
                                                      const ProbeSource& source) {
    const bool is_ipv4 = identity.family == vrrp::Family::ipv4;
    const int protocol = is_ipv4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6};
    auto form = is_ipv4 ? EchoForm::ip_packet : EchoForm::message;
    auto fd = open_socket(identity.family, SOCK_RAW, protocol);
    if (fd) {
        if (const auto filtered = attach_filter(fd->get(), identity); !filtered) {
            return std::unexpected(filtered.error());
        }
    } else if (fd.error().code == EPERM) {
        form = EchoForm::kernel_id;
        fd = open_socket(identity.family, SOCK_DGRAM, protocol);
    }
    if (!fd) {
        return std::unexpected(os::Error{
            fd.error().code, "open a ping socket (CAP_NET_RAW or net.ipv4.ping_group_range)"});
    }
    if (const auto connected = connect_socket(fd->get(), source, {.address = address});
        !connected) {
        return std::unexpected(connected.error());
    }
    return EchoSocket(identity, form, std::move(*fd));
}

std::expected<void, os::Error> EchoSocket::send(std::uint16_t sequence) const {
    const EchoRequest request = encode_echo_request(identity_, sequence);
    const auto sends = [&] {
        return ::send(fd_.get(), request.data(), request.size(), 0) ==
               static_cast<ssize_t>(request.size());
    };
    // The first time may only tell what became of an earlier request.
    if (!sends() && !sends()) {
        return std::unexpected(os::last_error("send"));
    }
    return {};
}

std::expected<std::optional<std::uint16_t>, os::Error> EchoSocket::receive() const {
    std::array<std::byte, 256> buffer;
    for (;;) {
        const ssize_t size = recv(fd_.get(), buffer.data(), buffer.size(), 0);
        if (size < 0) {
            break;
        }
        const auto packet = std::span(buffer).first(static_cast<std::size_t>(size));
        if (const auto sequence = decode_echo_reply(identity_, form_, packet)) {
            return sequence;
        }
    }
    if (errno != EAGAIN) {
        return std::unexpected(os::last_error("reach"));
    }
    const os::Error error = take_error();
    if (error.code != 0) {
        return std::unexpected(error);
    }
    return std::nullopt;
}

os::Error EchoSocket::take_error() const {
    std::array<std::byte, 64> data;
    alignas(cmsghdr) std::array<std::byte, 512> control;
    iovec part{.iov_base = data.data(), .iov_len = data.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (recvmsg(fd_.get(), &message, MSG_ERRQUEUE) < 0) {
        return {};
    }
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
         header = CMSG_NXTHDR(&message, header)) {
        const bool is_error =
            (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_RECVERR) ||
            (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_RECVERR);
        if (is_error) {
            sock_extended_err error{};
            std::memcpy(&error, CMSG_DATA(header), sizeof error);
            return {.code = static_cast<int>(error.ee_errno), .doing = "reach"};
        }
    }
    return {};
}

}  // namespace health
