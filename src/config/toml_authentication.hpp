#pragma once

#include "config/router_reading.hpp"
#include "config/toml_section.hpp"

namespace config {

/// Reads the keys password and authentication. No message tells the password.
void read_toml_authentication(TomlSection& section, RouterReading& reading, Report& report);

}  // namespace config
