#pragma once

#include "net/link_table.hpp"
#include "os/error.hpp"

#include <expected>

namespace net {

/// What the kernel answered when asked for all links and addresses.
struct LinkDump {
    LinkTable table;
    bool is_consistent = true;  ///< false: things changed underneath, again and again
};

/// Asks the kernel for all links and their addresses. Waits for it, a second at most; asks
/// again, a few times, when things change while it answers.
[[nodiscard]] std::expected<LinkDump, os::Error> dump_links();

}  // namespace net
