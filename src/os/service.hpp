#pragma once

#include <cstdint>
#include <string>

namespace os {

/// Tells the service manager that start-up is done (sd_notify); nothing where there is none.
void notify_ready();

/// Tells the service manager that the configuration is being read again, since that instant of
/// CLOCK_MONOTONIC; notify_ready() ends it.
void notify_reloading(std::uint64_t monotonic_microseconds);

/// Tells the service manager that the daemon is about to end.
void notify_stopping();

/// Whether a service manager runs this process, by its environment.
[[nodiscard]] bool is_managed_service();

/// The name of this host (uname -n).
[[nodiscard]] std::string host_name();

}  // namespace os
