#pragma once

#include "config/config.hpp"

namespace cli {

/// Puts the daemon before ordinary processes and keeps its memory from being swapped out, as the
/// file says; where it says nothing, under a service manager only. What is refused is told, and the
/// daemon does without.
void apply_process_settings(const config::DaemonSettings& settings);

}  // namespace cli
