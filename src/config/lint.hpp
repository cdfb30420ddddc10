#pragma once

#include "config/config.hpp"
#include "config/diagnostic.hpp"
#include "config/host_view.hpp"

#include <string>

namespace config {

/// What is legal in a configuration and can't work on this host, or not as it should: an interface
/// that is not there (it is waited for), addresses that can't be reached, times that can't be kept,
/// weights that change nothing, a script that is not there or not executable, whose user or group
/// does not exist, or that others than root and its user could replace. Looks into the file system
/// and the user database.
[[nodiscard]] Diagnostics lint(const Config& config, const std::string& file, const HostView& host);

}  // namespace config
