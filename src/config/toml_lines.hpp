#pragma once

#include "config/conversion.hpp"

#include <set>
#include <string>
#include <vector>

namespace config {

/// The keys of a normalized TOML text, line by line, and the hosts that its values name.
struct TomlLines {
    std::vector<ConvertedLine> lines;
    std::set<std::string> hosts;  ///< of a host in full and by its first part, the full name
};

[[nodiscard]] TomlLines find_toml_lines(const std::string& text);

}  // namespace config
