#pragma once

#include "config/toml_writing.hpp"
#include "health/check_config.hpp"

namespace config {

/// The table [check.NAME] that reads as this check. Every key is there that has a meaning for it,
/// also those that say what would be so without them.
[[nodiscard]] TomlTable describe_check(const health::CheckConfig& check);

}  // namespace config
