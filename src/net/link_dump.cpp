#include "net/link_dump.hpp"

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/handlers.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "net/link_socket.hpp"

namespace net {

namespace {

constexpr int attempts = 4;

struct LinkRequest {
    ifinfomsg header{.ifi_family = AF_UNSPEC};
    nlattr mask_header{.nla_len = sizeof(nlattr) + sizeof(std::uint32_t),
                       .nla_type = IFLA_EXT_MASK};
    // The counters are most of an answer, and of no interest here.
    std::uint32_t mask = RTEXT_FILTER_SKIP_STATS;
};

struct AddressRequest {
    // All families at once, which come in the order of their numbers: IPv4 before IPv6. A kernel
    // without IPv6 would answer a question for IPv6 in the same way.
    ifaddrmsg header{.ifa_family = AF_UNSPEC};
};

/// "The link of that name", for one that is found by it.
struct NamedLinkRequest {
    LinkRequest link;
    nlattr name_header{.nla_len = sizeof(nlattr) + IFNAMSIZ, .nla_type = IFLA_IFNAME};
    std::array<char, IFNAMSIZ> name{};
};

int take_message(nl_msg* message, void* messages) {
    if (auto decoded = decode_link_message(*nlmsg_hdr(message))) {
        static_cast<std::vector<LinkMessage>*>(messages)->push_back(std::move(*decoded));
    }
    return NL_OK;
}

/// Whether the answer is of one moment. Nothing is what is answered for a link that is not there.
template <typename Request>
std::expected<bool, os::Error> ask(nl_sock* socket, int type, int flags, Request request) {
    int result = nl_send_simple(socket, type, flags, &request, sizeof request);
    if (result >= 0) {
        result = nl_recvmsgs_default(socket);
    }
    if (result < 0 && result != -NLE_DUMP_INTR && result != -NLE_NODEV) {
        return std::unexpected(link_error(result, "read the links"));
    }
    return result != -NLE_DUMP_INTR;
}

std::expected<LinkSocket, os::Error> open_socket(std::vector<LinkMessage>& answers) {
    auto socket = open_link_socket();
    if (!socket) {
        return socket;
    }
    // The kernel answers at once; a daemon that hangs for whatever reason would be worse than one
    // that says that it couldn't read.
    const int fd = nl_socket_get_fd(socket->get());
    const timeval limit{.tv_sec = 1, .tv_usec = 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    // Without it (before Linux 4.20) the kernel tells of the addresses of all links.
    const int on = 1;
    setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof on);
    nl_socket_disable_auto_ack(socket->get());
    nl_socket_modify_cb(socket->get(), NL_CB_VALID, NL_CB_CUSTOM, take_message, &answers);
    return socket;
}

std::expected<LinkDump, os::Error> dump_once() {
    std::vector<LinkMessage> messages;
    const auto socket = open_socket(messages);
    if (!socket) {
        return std::unexpected(socket.error());
    }
    const auto links = ask(socket->get(), RTM_GETLINK, NLM_F_DUMP, LinkRequest{});
    if (!links) {
        return std::unexpected(links.error());
    }
    const auto addresses = ask(socket->get(), RTM_GETADDR, NLM_F_DUMP, AddressRequest{});
    if (!addresses) {
        return std::unexpected(addresses.error());
    }
    return LinkDump{LinkTable::from_dump(messages), *links && *addresses};
}

std::expected<LinkDump, os::Error> read_once(std::span<const std::string> names,
                                             std::span<const int> indexes) {
    std::vector<LinkMessage> messages;
    const auto socket = open_socket(messages);
    std::expected<bool, os::Error> answer = true;
    if (!socket) {
        answer = std::unexpected(socket.error());
    }
    for (std::size_t i = 0; i < names.size() && answer; ++i) {
        NamedLinkRequest request;
        names[i].copy(request.name.data(), IFNAMSIZ - 1);
        answer = ask(socket->get(), RTM_GETLINK, 0, request);
    }
    for (std::size_t i = 0; i < indexes.size() && answer; ++i) {
        answer =
            ask(socket->get(), RTM_GETLINK, 0, LinkRequest{.header = {.ifi_index = indexes[i]}});
    }
    const LinkTable links = LinkTable::from_dump(messages);
    bool is_consistent = true;
    for (std::size_t i = 0; i < links.links().size() && answer; ++i) {
        AddressRequest request;
        request.header.ifa_index = static_cast<std::uint32_t>(links.links()[i].index);
        answer = ask(socket->get(), RTM_GETADDR, NLM_F_DUMP, request);
        is_consistent &= answer.value_or(true);
    }
    if (!answer) {
        return std::unexpected(answer.error());
    }
    return LinkDump{LinkTable::from_dump(messages), is_consistent};
}

template <typename Once>
std::expected<LinkDump, os::Error> repeat_until_consistent(Once once) {
    auto dump = once();
    for (int attempt = 1; attempt < attempts && dump && !dump->is_consistent; ++attempt) {
        dump = once();
    }
    return dump;
}

}  // namespace

std::expected<LinkDump, os::Error> dump_links() {
    return repeat_until_consistent(dump_once);
}

std::expected<LinkDump, os::Error> read_links(std::span<const std::string> names,
                                              std::span<const int> indexes) {
    return repeat_until_consistent([&] { return read_once(names, indexes); });
}

}  // namespace net
