#pragma once

#include "config/config.hpp"
#include "config/toml_section.hpp"

#include <vector>

namespace config {

/// Reads the keys on_… of a router.
[[nodiscard]] StateScripts read_toml_state_scripts(TomlSection& section, Report& report);

/// Reads the keys state_fifo… of [daemon]: at most one FIFO.
[[nodiscard]] std::vector<StateFifo> read_toml_state_fifos(TomlSection& section, Report& report);

}  // namespace config
