#include "net/link_dump.hpp"

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

int take_message(nl_msg* message, void* messages) {
    if (auto decoded = decode_link_message(*nlmsg_hdr(message))) {
        static_cast<std::vector<LinkMessage>*>(messages)->push_back(std::move(*decoded));
    }
    return NL_OK;
}

/// Whether the answer is of one moment.
template <typename Request>
std::expected<bool, os::Error> ask(nl_sock* socket, int type, Request request) {
    int result = nl_send_simple(socket, type, NLM_F_DUMP, &request, sizeof request);
    if (result >= 0) {
        result = nl_recvmsgs_default(socket);
    }
    if (result < 0 && result != -NLE_DUMP_INTR) {
        return std::unexpected(link_error(result, "read the links"));
    }
    return result >= 0;
}

std::expected<LinkDump, os::Error> dump_once() {
    auto socket = open_link_socket();
    if (!socket) {
        return std::unexpected(socket.error());
    }
    // The kernel answers at once; a daemon that hangs for whatever reason would be worse than one
    // that says that it couldn't read.
    const timeval limit{.tv_sec = 1, .tv_usec = 0};
    setsockopt(nl_socket_get_fd(socket->get()), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    std::vector<LinkMessage> messages;
    nl_socket_modify_cb(socket->get(), NL_CB_VALID, NL_CB_CUSTOM, take_message, &messages);
    const auto links = ask(socket->get(), RTM_GETLINK, LinkRequest{});
    if (!links) {
        return std::unexpected(links.error());
    }
    const auto addresses = ask(socket->get(), RTM_GETADDR, AddressRequest{});
    if (!addresses) {
        return std::unexpected(addresses.error());
    }
    return LinkDump{LinkTable::from_dump(messages), *links && *addresses};
}

}  // namespace

std::expected<LinkDump, os::Error> dump_links() {
    auto dump = dump_once();
    for (int attempt = 1; attempt < attempts && dump && !dump->is_consistent; ++attempt) {
        dump = dump_once();
    }
    return dump;
}

}  // namespace net
