#include "net/listeners.hpp"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <span>

namespace net {

namespace {

struct CloseSocket {
    void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};
using Socket = std::unique_ptr<mnl_socket, CloseSocket>;

constexpr timeval longest_wait{.tv_sec = 1, .tv_usec = 0};

int take(const nlmsghdr* message, void* listeners) {
    if (mnl_nlmsg_get_payload_len(message) < sizeof(inet_diag_msg)) {
        return MNL_CB_OK;
    }
    const auto& socket = *static_cast<const inet_diag_msg*>(mnl_nlmsg_get_payload(message));
    const auto family = socket.idiag_family == AF_INET ? vrrp::Family::ipv4 : vrrp::Family::ipv6;
    const std::span<const std::byte> bytes = std::as_bytes(std::span(socket.id.idiag_src));
    static_cast<std::vector<Listener>*>(listeners)->push_back(
        {.address = vrrp::IpAddress::from_bytes(family, bytes),
         .port = ntohs(socket.id.idiag_sport),
         .inode = socket.idiag_inode});
    return MNL_CB_OK;
}

std::expected<void, os::Error> ask(mnl_socket& socket, std::uint8_t family) {
    alignas(nlmsghdr) std::array<char, 256> buffer{};
    nlmsghdr* const message = mnl_nlmsg_put_header(buffer.data());
    message->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    auto& request = *static_cast<inet_diag_req_v2*>(
        mnl_nlmsg_put_extra_header(message, sizeof(inet_diag_req_v2)));
    request.sdiag_family = family;
    request.sdiag_protocol = IPPROTO_TCP;
    request.idiag_states = 1U << TCP_LISTEN;
    if (mnl_socket_sendto(&socket, message, message->nlmsg_len) < 0) {
        return std::unexpected(os::last_error("ask for listening sockets"));
    }
    return {};
}

std::expected<void, os::Error> hear(mnl_socket& socket, std::vector<Listener>& listeners) {
    std::vector<char> buffer(32UL * 1024UL);
    for (;;) {
        const auto size = mnl_socket_recvfrom(&socket, buffer.data(), buffer.size());
        const int state = size < 0 ? MNL_CB_ERROR
                                   : mnl_cb_run(buffer.data(), static_cast<std::size_t>(size), 0, 0,
                                                take, &listeners);
        if (state == MNL_CB_STOP) {
            return {};
        }
        if (state == MNL_CB_ERROR) {
            return std::unexpected(os::last_error("read listening sockets"));
        }
    }
}

}  // namespace

std::expected<std::vector<Listener>, os::Error> dump_listeners() {
    const Socket socket(mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC));
    if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0 ||
        setsockopt(mnl_socket_get_fd(socket.get()), SOL_SOCKET, SO_RCVTIMEO, &longest_wait,
                   sizeof longest_wait) != 0) {
        return std::unexpected(os::last_error("open a socket to sock_diag"));
    }
    std::vector<Listener> listeners;
    for (const std::uint8_t family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}}) {
        const auto asked = ask(*socket, family);
        const auto heard = asked ? hear(*socket, listeners) : asked;
        // A kernel without IPv6 has none of its sockets.
        if (!heard && !(family == AF_INET6 && heard.error().code == ENOENT)) {
            return std::unexpected(heard.error());
        }
    }
    return listeners;
}

}  // namespace net
