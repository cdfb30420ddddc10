#pragma once

#include "os/fd.hpp"

#include <expected>
#include <string>

namespace health {

/// Opens for reading what an O_PATH descriptor refers to, if it is a regular file: opening others
/// might wait for somebody, or do something. A failure goes on from the file's name, for people:
/// "is a FIFO", "can't be read: Permission denied".
[[nodiscard]] std::expected<os::Fd, std::string> open_regular(const os::Fd& place);

}  // namespace health
