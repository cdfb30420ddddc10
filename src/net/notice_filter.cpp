#include "net/notice_filter.hpp"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>

namespace net {

namespace {

constexpr std::uint32_t take_all = 0xffff'ffff;
constexpr std::uint32_t type_offset = offsetof(nlmsghdr, nlmsg_type);
constexpr std::uint32_t attribute_header = 4;

void add(NoticeFilter& filter, int code, std::uint32_t value, std::uint8_t if_true = 0,
         std::uint8_t if_false = 0) {
    filter.push_back(
        {.code = static_cast<std::uint16_t>(code), .jt = if_true, .jf = if_false, .k = value});
}

void finish(NoticeFilter& filter, std::uint32_t bytes) {
    add(filter, BPF_RET | BPF_K, bytes);
}

/// Drops the notice unless what was loaded is `value`.
void require(NoticeFilter& filter, std::uint32_t value) {
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0);
    finish(filter, 0);
}

/// Drops it unless what was loaded is one of two values.
void require_either(NoticeFilter& filter, std::uint32_t first, std::uint32_t second) {
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, first, 2, 0);
    require(filter, second);
}

/// Takes it if what was loaded is `value`.
void take_if(NoticeFilter& filter, std::uint32_t value) {
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    finish(filter, take_all);
}

void load_type(NoticeFilter& filter) {
    add(filter, BPF_LD | BPF_H | BPF_ABS, type_offset);
}

/// The filter loads in network order what the kernel wrote in the host's.
std::uint32_t as_loaded(std::uint16_t type) {
    return htons(type);
}

std::uint32_t number_of(vrrp::Family family) {
    return family == vrrp::Family::ipv4 ? AF_INET : AF_INET6;
}

/// Loads where the attribute stands; 0 where there is none.
void find_attribute(NoticeFilter& filter, std::uint32_t type) {
    add(filter, BPF_LD | BPF_IMM, NLMSG_HDRLEN + sizeof(ifaddrmsg));
    add(filter, BPF_LDX | BPF_IMM, type);
    add(filter, BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_NLATTR));
}

std::uint32_t last_word(const vrrp::IpAddress& address) {
    std::uint32_t word = 0;
    for (const std::byte byte : address.bytes().last(4)) {
        word = word << 8 | std::to_integer<std::uint32_t>(byte);
    }
    return word;
}

}  // namespace

NoticeFilter route_notice_filter(const vrrp::VirtualAddress& network) {
    NoticeFilter filter;
    load_type(filter);
    take_if(filter, as_loaded(RTM_NEWLINK));
    take_if(filter, as_loaded(RTM_DELLINK));
    require_either(filter, as_loaded(RTM_NEWROUTE), as_loaded(RTM_DELROUTE));
    add(filter, BPF_LD | BPF_B | BPF_ABS, NLMSG_HDRLEN + offsetof(rtmsg, rtm_family));
    require(filter, number_of(network.address.family()));
    add(filter, BPF_LD | BPF_B | BPF_ABS, NLMSG_HDRLEN + offsetof(rtmsg, rtm_dst_len));
    require(filter, network.prefix_length);
    finish(filter, take_all);
    return filter;
}

NoticeFilter address_notice_filter(const vrrp::IpAddress& address) {
    NoticeFilter filter;
    load_type(filter);
    require_either(filter, as_loaded(RTM_NEWADDR), as_loaded(RTM_DELADDR));
    // Where both are there the other one is the far end of a point-to-point link.
    find_attribute(filter, IFA_LOCAL);
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 5);
    find_attribute(filter, IFA_ADDRESS);
    add(filter, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1);
    finish(filter, 0);
    add(filter, BPF_MISC | BPF_TAX, 0);
    const auto size = static_cast<std::uint32_t>(vrrp::address_size(address.family()));
    add(filter, BPF_LD | BPF_W | BPF_IND, attribute_header + size - 4);
    require(filter, last_word(address));
    finish(filter, take_all);
    return filter;
}

std::expected<void, os::Error> attach_filter(int fd, NoticeFilter filter) {
    const sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                             .filter = filter.data()};
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0) {
        return std::unexpected(os::last_error("attach a filter to a netlink socket"));
    }
    return {};
}

}  // namespace net
