#pragma once

#include "os/error.hpp"

#include <expected>
#include <optional>

namespace os {

/// From now on this process goes before all ordinary ones (SCHED_RR), at 1 to 99; its children are
/// ordinary. Where it computes for five seconds without a pause it becomes an ordinary process
/// again, and says so on standard error: else it would take a core for itself.
[[nodiscard]] std::expected<void, Error> become_realtime(int priority);

/// Keeps the memory of this process, now and later, from being swapped out; its children's is not
/// kept. ENOMEM where a limit on locked memory would hold: the daemon would end when it reached it.
[[nodiscard]] std::expected<void, Error> lock_memory();

/// The real-time priority at which this process runs; nullopt where it is an ordinary one.
[[nodiscard]] std::optional<int> realtime_priority();

/// Whether the memory of this process is locked, as /proc tells.
[[nodiscard]] bool is_memory_locked();

}  // namespace os
