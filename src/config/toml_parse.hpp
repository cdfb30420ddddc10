#pragma once

#include "config/toml_value.hpp"

#include <cstddef>
#include <expected>
#include <string_view>

namespace config {

/// Why a text that has the shape of TOML is none.
struct TomlRefusal {
    std::size_t offset = 0;     ///< of the line, in bytes from the beginning of the text
    bool is_duplicate = false;  ///< a key or table stands twice
};

/// The values of a text that has the shape of TOML (find_shape_error), as the root table: toml11's
/// reading of it, its versions behind one face. The time that it takes grows with the size of the
/// text alone.
[[nodiscard]] std::expected<TomlValue, TomlRefusal> parse_toml(std::string_view text);

}  // namespace config
