#pragma once

#include "os/error.hpp"
#include "vrrp/address.hpp"

#include <linux/filter.h>

#include <expected>
#include <vector>

namespace net {

/// A classic BPF program for a netlink socket: which of the kernel's notices wake its owner.
using NoticeFilter = std::vector<sock_filter>;

/// Those of all links, and those of routes to networks of this family and prefix length.
[[nodiscard]] NoticeFilter route_notice_filter(const vrrp::VirtualAddress& network);

/// Those of addresses that end as this one does.
[[nodiscard]] NoticeFilter address_notice_filter(const vrrp::IpAddress& address);

/// Makes the kernel ask `filter` about each notice from now on.
[[nodiscard]] std::expected<void, os::Error> attach_filter(int fd, NoticeFilter filter);

}  // namespace net
