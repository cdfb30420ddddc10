#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// What a value of a TOML file can be. Of numbers with decimals and of dates nothing is kept.
enum class TomlKind : std::uint8_t { table, list, text, whole_number, boolean, decimals, date };

/// A value of a TOML file, and where it begins.
struct TomlValue {
    TomlKind kind = TomlKind::table;
    std::size_t offset = 0;  ///< in bytes from the beginning of the text
    bool boolean = false;
    std::int64_t number = 0;
    std::string text;
    std::vector<TomlValue> items;
    std::map<std::string, TomlValue> entries;
};

}  // namespace config
