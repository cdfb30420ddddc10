#pragma once

#include "config/config.hpp"
#include "health/check_config.hpp"

#include <string>
#include <vector>

namespace config {

/// What differs, for people: "priority 100 -> 90", "address 192.0.2.2/24 added", "password
/// changed". Empty where nothing does, but for places in the file.
[[nodiscard]] std::vector<std::string> differences(const Router& running, const Router& wanted);
[[nodiscard]] std::vector<std::string> differences(const health::CheckConfig& running,
                                                   const health::CheckConfig& wanted);
[[nodiscard]] std::vector<std::string> differences(const DaemonSettings& running,
                                                   const DaemonSettings& wanted);

}  // namespace config
