#include "net/link_socket.hpp"

#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include <cerrno>
#include <utility>

namespace net {

namespace {

/// The errno that libnl made its own number of, for those that can happen here.
int to_errno(int nl_error) {
    switch (nl_error) {
        case NLE_INTR:
        case NLE_DUMP_INTR: return EINTR;
        case NLE_AGAIN: return EAGAIN;
        case NLE_NOMEM: return ENOBUFS;
        case NLE_PERM: return EPERM;
        case NLE_NOACCESS: return EACCES;
        case NLE_AF_NOSUPPORT:
        case NLE_PROTO_MISMATCH: return EAFNOSUPPORT;
        case NLE_OPNOTSUPP: return EOPNOTSUPP;
        case NLE_INVAL: return EINVAL;
        default: return EIO;
    }
}

}  // namespace

void FreeLinkSocket::operator()(nl_sock* socket) const {
    nl_socket_free(socket);
}

std::expected<LinkSocket, os::Error> open_link_socket() {
    LinkSocket socket(nl_socket_alloc());
    if (!socket) {
        return std::unexpected(os::Error{ENOMEM, "open a netlink socket"});
    }
    if (const int result = nl_connect(socket.get(), NETLINK_ROUTE); result < 0) {
        return std::unexpected(link_error(result, "open a netlink socket"));
    }
    return socket;
}

os::Error link_error(int result, std::string doing) {
    return os::Error{to_errno(-result), std::move(doing)};
}

}  // namespace net
