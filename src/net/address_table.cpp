#include "net/address_table.hpp"

#include "net/kernel_answer.hpp"
#include "net/link.hpp"

#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace net {

/// What is asked of the kernel for each of the addresses.
struct AddressTable::Request {
    std::uint16_t type = RTM_NEWADDR;
    std::uint16_t flags = 0;
    int link_index = 0;
    std::span<const vrrp::VirtualAddress> others;  ///< of somebody else, as in find_others
    std::optional<std::chrono::seconds> lease;
    std::string_view verb;
    std::string_view preposition;
    std::array<int, 3> harmless;  ///< errno values that mean: it is so already

    /// "install 192.0.2.1/24 on link 3"
    [[nodiscard]] std::string to_text(std::string_view what) const {
        std::string text(verb);
        text.append(" ").append(what).append(" ").append(preposition).append(" link ");
        return text + std::to_string(link_index);
    }

    /// What the kernel's answer for an address means: `code` is an errno or 0, `explanation` may
    /// be empty.
    [[nodiscard]] std::expected<void, os::Error> outcome(const vrrp::VirtualAddress& address,
                                                         int code,
                                                         const std::string& explanation) const {
        if (code == 0 || std::ranges::find(harmless, code) != harmless.end()) {
            return {};
        }
        auto doing = to_text(vrrp::to_text(address));
        if (!explanation.empty()) {
            doing += " (" + explanation + ')';
        }
        return std::unexpected(os::Error{code, std::move(doing)});
    }
};

namespace {

/// IFA_PROTO, which headers before Linux 5.18 lack; kernels that don't know it ignore it.
constexpr std::uint16_t protocol_attribute = 11;

/// Even if the kernel refuses all of them, its answers fit into the smallest receive buffer.
constexpr std::size_t addresses_per_send = 256;
constexpr int receive_buffer_size = 1024 * 1024;

/// IFA_LOCAL and IFA_ADDRESS take 20 bytes each with IPv6, IFA_PROTO and IFA_FLAGS 8, IFA_CACHEINFO
/// 20.
constexpr std::size_t max_message_size = sizeof(nlmsghdr) + sizeof(ifaddrmsg) + 3 * 20 + 2 * 8;

constexpr std::uint32_t forever = 0xffff'ffff;

/// The IPv6 addresses of a link that are somebody else's. They are few, however many are ours.
void find_others(const Link& link, bool has_marks, std::vector<vrrp::VirtualAddress>& others) {
    others.clear();
    for (const LinkAddress& any : link.addresses) {
        if (!is_ours(any, has_marks) && any.address.family() == vrrp::Family::ipv6) {
            others.push_back({any.address, any.prefix_length});
        }
    }
}

/// Whether somebody else has an IPv6 address in the subnet, and so a route there. The kernel would
/// give that route our lease, and the host would lose it with us.
bool has_route_of_others(std::span<const vrrp::VirtualAddress> others,
                         const vrrp::VirtualAddress& subnet) {
    return std::ranges::any_of(others, [&](const vrrp::VirtualAddress& other) {
        return network_of(other) == network_of(subnet);
    });
}

void put_lifetimes(nlmsghdr& message, const vrrp::VirtualAddress& address,
                   std::optional<std::chrono::seconds> lease) {
    // Deprecated: the host's own connections don't come from an address that moves away.
    const bool is_deprecated =
        address.address.family() == vrrp::Family::ipv6 && address.prefix_length == 128;
    if (!lease && !is_deprecated) {
        return;
    }
    const std::uint32_t valid = lease ? static_cast<std::uint32_t>(lease->count()) : forever;
    const ifa_cacheinfo lifetimes{.ifa_prefered = is_deprecated ? 0 : valid, .ifa_valid = valid};
    mnl_attr_put(&message, IFA_CACHEINFO, sizeof lifetimes, &lifetimes);
}

std::uint32_t flags_for(const vrrp::VirtualAddress& address,
                        std::span<const vrrp::VirtualAddress> others) {
    if (address.address.family() == vrrp::Family::ipv4) {
        return 0;
    }
    // Duplicate address detection would keep the address unusable for a second or two, and the
    // former master, should it still hold the address, would make it fail.
    return IFA_F_NODAD | (has_route_of_others(others, address) ? IFA_F_NOPREFIXROUTE : 0U);
}

void put_address(nlmsghdr& message, std::span<const vrrp::VirtualAddress> others, int link_index,
                 const vrrp::VirtualAddress& address, std::optional<std::chrono::seconds> lease) {
    const bool is_ipv6 = address.address.family() == vrrp::Family::ipv6;
    const std::uint32_t flags = flags_for(address, others);
    auto& body = *static_cast<ifaddrmsg*>(mnl_nlmsg_put_extra_header(&message, sizeof(ifaddrmsg)));
    body.ifa_family = is_ipv6 ? AF_INET6 : AF_INET;
    body.ifa_prefixlen = address.prefix_length;
    body.ifa_flags = static_cast<std::uint8_t>(flags);
    body.ifa_scope = RT_SCOPE_UNIVERSE;
    body.ifa_index = static_cast<std::uint32_t>(link_index);
    const auto bytes = address.address.bytes();
    mnl_attr_put(&message, IFA_LOCAL, bytes.size(), bytes.data());
    mnl_attr_put(&message, IFA_ADDRESS, bytes.size(), bytes.data());
    mnl_attr_put_u8(&message, protocol_attribute, our_address_protocol);
    if (flags > 0xff) {
        mnl_attr_put_u32(&message, IFA_FLAGS, flags);  // those that have no room in the header
    }
    put_lifetimes(message, address, lease);
}

/// The first error of two outcomes.
std::expected<void, os::Error> first_error(std::expected<void, os::Error> earlier,
                                           std::expected<void, os::Error> later) {
    return earlier ? std::move(later) : std::move(earlier);
}

}  // namespace

std::expected<AddressTable, os::Error> AddressTable::open() {
    AddressTable table;
    table.socket_ = os::Fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!table.socket_.is_open()) {
        return std::unexpected(os::last_error("open a netlink socket"));
    }
    // None of these is needed: explanations, short answers, and room for more of them.
    const int fd = table.socket_.get();
    const int on = 1;
    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer_size, sizeof receive_buffer_size);
    return table;
}

std::expected<void, os::Error> AddressTable::install(
    const Link& link, std::span<const vrrp::VirtualAddress> addresses,
    std::optional<std::chrono::seconds> lease) {
    find_others(link, has_marks_, others_);
    // Without NLM_F_EXCL the kernel would change the address of somebody else into ours.
    return execute({.type = RTM_NEWADDR,
                    .flags = NLM_F_CREATE | NLM_F_EXCL,
                    .link_index = link.index,
                    .others = others_,
                    .lease = lease,
                    .verb = "install",
                    .preposition = "on",
                    .harmless = {EEXIST, 0, 0}},
                   addresses);
}

std::expected<void, os::Error> AddressTable::refresh(
    const Link& link, std::span<const vrrp::VirtualAddress> addresses,
    std::optional<std::chrono::seconds> lease) {
    find_others(link, has_marks_, others_);
    return execute({.type = RTM_NEWADDR,
                    .flags = NLM_F_CREATE | NLM_F_REPLACE,
                    .link_index = link.index,
                    .others = others_,
                    .lease = lease,
                    .verb = "renew the lease of",
                    .preposition = "on",
                    .harmless = {ENODEV, 0, 0}},
                   addresses);
}

std::expected<void, os::Error> AddressTable::remove(
    int link_index, std::span<const vrrp::VirtualAddress> addresses) {
    // The kernel may have removed an address just now, together with the primary one of its subnet,
    // or IPv6 from the link (ENXIO).
    return execute({.type = RTM_DELADDR,
                    .link_index = link_index,
                    .verb = "remove",
                    .preposition = "from",
                    .harmless = {EADDRNOTAVAIL, ENODEV, ENXIO}},
                   addresses);
}

std::expected<void, os::Error> AddressTable::execute(
    const Request& request, std::span<const vrrp::VirtualAddress> addresses) {
    std::expected<void, os::Error> result;
    while (!addresses.empty()) {
        const auto part = addresses.first(std::min(addresses.size(), addresses_per_send));
        result = first_error(std::move(result), execute_part(request, part));
        addresses = addresses.subspan(part.size());
    }
    return result;
}

std::expected<void, os::Error> AddressTable::execute_part(
    const Request& request, std::span<const vrrp::VirtualAddress> addresses) {
    const std::uint32_t first_sequence = sequence_;
    sequence_ += static_cast<std::uint32_t>(addresses.size());
    batch_.resize(addresses.size() * max_message_size);
    std::size_t size = 0;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
        auto& message = *mnl_nlmsg_put_header(batch_.data() + size);
        message.nlmsg_type = request.type;
        // Refusals come unasked; the last message's answer, whatever it is, ends them.
        const int end_flag = i + 1 == addresses.size() ? NLM_F_ACK : 0;
        message.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | request.flags | end_flag);
        message.nlmsg_seq = first_sequence + static_cast<std::uint32_t>(i);
        put_address(message, request.others, request.link_index, addresses[i], request.lease);
        assert(message.nlmsg_len <= max_message_size);
        size += NLMSG_ALIGN(message.nlmsg_len);
    }
    if (send(socket_.get(), batch_.data(), size, MSG_DONTWAIT) < 0) {
        return std::unexpected(os::last_error(request.to_text("addresses")));
    }
    return receive_answers(request, addresses, first_sequence);
}

/// The kernel has done its work and answered within send: all answers are there.
std::expected<void, os::Error> AddressTable::receive_answers(
    const Request& request, std::span<const vrrp::VirtualAddress> addresses,
    std::uint32_t first_sequence) {
    std::expected<void, os::Error> result;
    alignas(nlmsghdr) std::array<std::byte, 8192> buffer;
    for (;;) {
        const auto size = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (size < 0) {
            return first_error(std::move(result),
                               std::unexpected(os::last_error(request.to_text("addresses"))));
        }
        int rest = static_cast<int>(size);
        const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data());
        for (; mnl_nlmsg_ok(message, rest); message = mnl_nlmsg_next(message, &rest)) {
            const auto answer = decode_kernel_answer(*message);
            // Answers to an earlier request that ended with an error come first.
            if (!answer || answer->sequence - first_sequence >= addresses.size()) {
                continue;
            }
            const std::size_t position = answer->sequence - first_sequence;
            result = first_error(
                std::move(result),
                request.outcome(addresses[position], answer->code, answer->explanation));
            if (position + 1 == addresses.size()) {
                return result;
            }
        }
    }
}

}  // namespace net
