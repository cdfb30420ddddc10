#pragma once

#include "net/link.hpp"

#include <linux/netlink.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace net {

/// A link that is there; what a message leaves out is as it was.
struct LinkSeen {
    int index = 0;
    bool is_up = false;
    bool is_enabled = false;
    std::optional<std::string> name;
    std::optional<MacAddress> mac;
    std::optional<std::uint32_t> mtu;
};

struct LinkGone {
    int index = 0;
};

struct AddressSeen {
    int link_index = 0;
    LinkAddress address;
};

struct AddressGone {
    int link_index = 0;
    LinkAddress address;
};

/// What one rtnetlink message tells of links and their IPv4 and IPv6 addresses.
using LinkMessage = std::variant<LinkSeen, LinkGone, AddressSeen, AddressGone>;

/// Reads a message of at least `message.nlmsg_len` bytes; nullopt where it is about other things or
/// malformed.
[[nodiscard]] std::optional<LinkMessage> decode_link_message(nlmsghdr& message);

}  // namespace net
