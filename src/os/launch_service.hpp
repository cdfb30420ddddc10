#pragma once

#include "os/fd.hpp"

namespace os {

/// The life of the launcher, a process that the daemon forks: runs programs as `socket` asks for,
/// watches and reaps them and what they leave behind, and tells how they end. When the other end is
/// closed, by whatever end of the daemon, it kills all that runs and ends.
[[noreturn]] void serve_launches(Fd socket);

}  // namespace os
