#pragma once

#include "config/config.hpp"
#include "config/diagnostic.hpp"

#include <span>
#include <string>

namespace config {

/// What is to be said of a configuration on a host that has these links: an interface that is not
/// there is a warning (it is waited for), and so is a script that is not there or not executable,
/// whose user or group does not exist, or that others than root and its user could replace. Looks
/// into the file system and the user database.
[[nodiscard]] Diagnostics lint(const Config& config, const std::string& file,
                               std::span<const std::string> link_names);

}  // namespace config
