#pragma once

#include "config/config.hpp"
#include "config/diagnostic.hpp"

#include <string>

namespace config {

/// Warns of checks that can never change who is master: those whose weight is too small for the
/// difference between the hosts' priorities, where the file has these, and all that have a weight
/// where preemption is off or the router owns its addresses.
[[nodiscard]] Diagnostics lint_weights(const Config& config, const std::string& file);

}  // namespace config
