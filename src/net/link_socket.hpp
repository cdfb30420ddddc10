#pragma once

#include "os/error.hpp"

#include <expected>
#include <memory>
#include <string>

struct nl_sock;

namespace net {

struct FreeLinkSocket {
    void operator()(nl_sock* socket) const;
};

/// A libnl socket to the kernel's links and addresses (rtnetlink).
using LinkSocket = std::unique_ptr<nl_sock, FreeLinkSocket>;

[[nodiscard]] std::expected<LinkSocket, os::Error> open_link_socket();

/// The Error of a libnl call that returned `result`, below 0.
[[nodiscard]] os::Error link_error(int result, std::string doing);

}  // namespace net
