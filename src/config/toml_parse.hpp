#pragma once

#include <toml.hpp>

#include <cstddef>
#include <expected>
#include <string>

namespace config {

/// Why toml11 refuses a text. Its versions 3 and 4 agree on the line and on what is wrong, not on
/// the column and the words.
struct TomlRefusal {
    std::size_t line = 0;
    bool is_duplicate = false;  ///< a key or table stands twice
};

/// Where a value begins, counted from 1; the column counts bytes.
struct TomlLocation {
    std::size_t line = 0;
    std::size_t column = 0;
};

/// toml11's reading of a text that has the shape of TOML (find_shape_error): the versions behind
/// one face.
[[nodiscard]] std::expected<toml::value, TomlRefusal> parse_toml(const std::string& text);

[[nodiscard]] TomlLocation location_of(const toml::value& value);

}  // namespace config
