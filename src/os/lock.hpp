#pragma once

#include "os/error.hpp"
#include "os/fd.hpp"

#include <expected>
#include <string>

namespace os {

/// Holds the lock file of that name in /run/understudy as long as the result lives; a crash gives
/// it up too. The lock counts within this network namespace. EWOULDBLOCK where another process
/// holds it; `doing` is what the error says was being done.
[[nodiscard]] std::expected<Fd, Error> lock(const std::string& name, const std::string& doing);

}  // namespace os
