#pragma once

#include "config/config.hpp"
#include "config/report.hpp"
#include "config/toml_document.hpp"

#include <string_view>

namespace config {

/// Reads the table [daemon]: what this host is told of the daemon itself.
[[nodiscard]] DaemonSettings read_toml_daemon(const TomlNode& node, std::string_view host,
                                              Report& report);

}  // namespace config
