#pragma once

#include "config/config.hpp"
#include "config/diagnostic.hpp"

#include <string>

namespace config {

/// Warns of times that can't be kept: leases that end after peers take over, and adverts that come
/// faster than a host sends them.
[[nodiscard]] Diagnostics lint_times(const Config& config, const std::string& file);

}  // namespace config
