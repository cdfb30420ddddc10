#pragma once

#include "config/toml_section.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// This host's value of a key that says what is to be run: a command line, or a list of its words.
/// `shell_advice` says what to write where the line is meant for a shell.
[[nodiscard]] std::optional<std::vector<std::string>> read_toml_command(
    TomlSection& section, const std::string& key, std::string_view shell_advice, Report& report);

}  // namespace config
