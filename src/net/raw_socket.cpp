#include "net/raw_socket.hpp"

#include <linux/pkt_sched.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>

#include <cstddef>

#include "net/ip_packet.hpp"
#include "net/kernel_address.hpp"

namespace net {

namespace {

constexpr int type_of_service = IPTOS_CLASS_CS6;  // network control, as other routers send

/// Room for about a thousand packets, so that a flood of others doesn't displace our peers' adverts
/// before we come to read them.
constexpr int receive_buffer_size = 1024 * 1024;

template <typename Value>
bool set(int fd, int level, int option, const Value& value) {
    return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

bool configure_ipv4(int fd, const Link& link) {
    const ip_mreqn group{.imr_multiaddr = to_kernel<in_addr>(vrrp_group(vrrp::Family::ipv4)),
                         .imr_address = {},
                         .imr_ifindex = link.index};
    return set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0) &&
           set(fd, IPPROTO_IP, IP_MULTICAST_IF, group) &&
           set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0) &&
           set(fd, IPPROTO_IP, IP_TOS, type_of_service) &&
           set(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, group);
}

/// The kernel neither computes nor verifies a checksum of protocol 112 unless told to.
bool configure_ipv6(int fd, const Link& link) {
    const ipv6_mreq group{.ipv6mr_multiaddr = to_kernel<in6_addr>(vrrp_group(vrrp::Family::ipv6)),
                          .ipv6mr_interface = static_cast<unsigned>(link.index)};
    return set(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0) &&
           set(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, link.index) &&
           set(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0) &&
           set(fd, IPPROTO_IPV6, IPV6_TCLASS, type_of_service) &&
           set(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1) &&
           set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) &&
           set(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, group);
}

/// The first option that the kernel refuses ends it, with errno set. The TTL is none of them: it
/// goes along with each packet.
bool configure(int fd, const Link& link, PacketForm form) {
    // Only CAP_NET_ADMIN may exceed the host's limit; without it, what the limit allows.
    if (!set(fd, SOL_SOCKET, SO_RCVBUFFORCE, receive_buffer_size)) {
        set(fd, SOL_SOCKET, SO_RCVBUF, receive_buffer_size);
    }
    const auto name_size = static_cast<socklen_t>(link.name.size());
    const bool is_ipv6 = form == PacketForm::ipv6;
    const bool writes_header = form == PacketForm::authenticated;
    // Setting the type of service sets the priority too, so the priority comes after it.
    return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, link.name.data(), name_size) == 0 &&
           (is_ipv6 ? configure_ipv6(fd, link) : configure_ipv4(fd, link)) &&
           (!writes_header || set(fd, IPPROTO_IP, IP_HDRINCL, 1)) &&
           set(fd, SOL_SOCKET, SO_PRIORITY, TC_PRIO_CONTROL);
}

/// Forgets the packets that wait.
void discard_packets(int fd) {
    std::byte first{};
    while (recv(fd, &first, sizeof first, 0) >= 0) {
    }
}

}  // namespace

std::uint8_t protocol_of(PacketForm form) {
    return form == PacketForm::authenticated ? authentication_protocol : vrrp_protocol;
}

std::expected<os::Fd, os::Error> open_raw_socket(const Link& link, PacketForm form) {
    const int domain = form == PacketForm::ipv6 ? AF_INET6 : AF_INET;
    os::Fd fd(::socket(domain, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol_of(form)));
    const auto fail = [&] { return os::last_error("open the VRRP socket on " + link.name); };
    if (!fd.is_open()) {
        return std::unexpected(fail());
    }
    // A raw socket hears all links from its first moment on: until it is bound to its own it drops
    // everything, and what came before that is forgotten.
    if (const auto closed = attach_filter(fd.get(), router_id_filter({}, form)); !closed) {
        return std::unexpected(closed.error());
    }
    if (!configure(fd.get(), link, form)) {
        return std::unexpected(fail());
    }
    discard_packets(fd.get());
    if (const auto open = attach_filter(fd.get(), router_id_filter(RouterIds().set(), form));
        !open) {
        return std::unexpected(open.error());
    }
    return fd;
}

}  // namespace net
