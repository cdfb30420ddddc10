#pragma once

#include <linux/netlink.h>

#include <cstdint>
#include <optional>
#include <string>

namespace net {

/// What the kernel says to one message.
struct KernelAnswer {
    std::uint32_t sequence = 0;
    int code = 0;             ///< errno, or 0
    std::string explanation;  ///< the kernel's own words, where it has some
};

/// Reads an answer of at least `message.nlmsg_len` bytes; nullopt where it is none.
[[nodiscard]] std::optional<KernelAnswer> decode_kernel_answer(const nlmsghdr& message);

}  // namespace net
