#pragma once

#include "config/toml_value.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace config {

/// The value of a word without quotes: true, 42, 0xff, 1.5, 1979-05-27; nullopt where it is none.
[[nodiscard]] std::optional<TomlValue> to_toml_word(std::string_view word);

/// The text between the quotes of a string with escapes, which `is_long` may have several lines;
/// nullopt where an escape names no character.
[[nodiscard]] std::optional<std::string> resolve_escapes(std::string_view written, bool is_long);

}  // namespace config
