#pragma once

#include "net/kernel_address.hpp"
#include "vrrp/address.hpp"
#include "vrrp/advertisement.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace net {

/// What goes along with a packet, either way: the address of this host and the link, TTL or hop
/// limit.
inline constexpr std::size_t control_room =
    CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(int));

/// A packet as sendmsg wants it. Pinned, since the header points into it.
class Outgoing {
public:
    Outgoing(std::span<const std::byte> bytes, const vrrp::IpAddress& destination, int link_index)
        // sendmsg does not write, but its structure is shared with recvmsg.
        : part_{.iov_base = const_cast<std::byte*>(bytes.data()), .iov_len = bytes.size()} {
        if (destination.family() == vrrp::Family::ipv4) {
            put_name(sockaddr_in{.sin_family = AF_INET,
                                 .sin_port = 0,
                                 .sin_addr = to_kernel<in_addr>(destination),
                                 .sin_zero = {}});
        } else {
            put_name(sockaddr_in6{.sin6_family = AF_INET6,
                                  .sin6_port = 0,
                                  .sin6_flowinfo = 0,
                                  .sin6_addr = to_kernel<in6_addr>(destination),
                                  .sin6_scope_id = static_cast<std::uint32_t>(link_index)});
        }
        header_.msg_iov = &part_;
        header_.msg_iovlen = 1;
        header_.msg_control = control_.data();
    }
    Outgoing(const Outgoing&) = delete;
    Outgoing& operator=(const Outgoing&) = delete;

    void put_source(const vrrp::IpAddress& source, int link_index) {
        if (source.family() == vrrp::Family::ipv4) {
            put_control(IPPROTO_IP, IP_PKTINFO,
                        in_pktinfo{.ipi_ifindex = link_index,
                                   .ipi_spec_dst = to_kernel<in_addr>(source),
                                   .ipi_addr = {}});
        } else {
            put_control(IPPROTO_IPV6, IPV6_PKTINFO,
                        in6_pktinfo{.ipi6_addr = to_kernel<in6_addr>(source),
                                    .ipi6_ifindex = static_cast<unsigned>(link_index)});
        }
    }

    void put_ttl(vrrp::Family family, int ttl) {
        if (family == vrrp::Family::ipv4) {
            put_control(IPPROTO_IP, IP_TTL, ttl);
        } else {
            put_control(IPPROTO_IPV6, IPV6_HOPLIMIT, ttl);
        }
    }

    /// Writes from where, and with which TTL or hop limit, a message goes.
    void put(const vrrp::PacketContext& packet, int link_index) {
        put_source(packet.source, link_index);
        put_ttl(packet.source.family(), packet.ttl);
    }

    [[nodiscard]] const msghdr& header() const { return header_; }
    [[nodiscard]] bool send(int fd) const { return sendmsg(fd, &header_, 0) >= 0; }

private:
    template <typename Name>
    void put_name(const Name& name) {
        std::memcpy(&name_, &name, sizeof name);
        header_.msg_name = &name_;
        header_.msg_namelen = sizeof name;
    }

    template <typename Value>
    void put_control(int level, int type, const Value& value) {
        assert(header_.msg_controllen + CMSG_SPACE(sizeof value) <= control_.size());
        std::byte* const start = control_.data() + header_.msg_controllen;
        const cmsghdr item{
            .cmsg_len = CMSG_LEN(sizeof value), .cmsg_level = level, .cmsg_type = type};
        std::memcpy(start, &item, sizeof item);
        std::memcpy(start + CMSG_LEN(0), &value, sizeof value);
        header_.msg_controllen += CMSG_SPACE(sizeof value);
    }

    msghdr header_{};
    iovec part_;
    sockaddr_in6 name_{};  ///< or sockaddr_in, which is shorter
    alignas(cmsghdr) std::array<std::byte, control_room> control_{};
};

}  // namespace net
