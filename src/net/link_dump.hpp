#pragma once

#include "net/link_table.hpp"
#include "os/error.hpp"

#include <expected>
#include <span>
#include <string>

namespace net {

/// What the kernel answered when asked for all links and addresses.
struct LinkDump {
    LinkTable table;
    bool is_consistent = true;  ///< false: things changed underneath, again and again
};

/// Asks the kernel for all links and their addresses. Waits for it, a second at most; asks
/// again, a few times, when things change while it answers.
[[nodiscard]] std::expected<LinkDump, os::Error> dump_links();

/// Asks in the same way for the links of these names and of these indexes, and their addresses.
/// Those that are not there are left out. Costs the same however many others there are.
[[nodiscard]] std::expected<LinkDump, os::Error> read_links(std::span<const std::string> names,
                                                            std::span<const int> indexes);

}  // namespace net
