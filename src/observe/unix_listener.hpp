#pragma once

#include "os/error.hpp"
#include "os/fd.hpp"

#include <expected>
#include <string>

namespace observe {

/// A listening Unix socket at `path`, mode 0660, non-blocking. Its folder is made where it is
/// missing; a stale socket there is replaced, one that somebody answers on is EADDRINUSE.
[[nodiscard]] std::expected<os::Fd, os::Error> listen_on(const std::string& path);

}  // namespace observe
