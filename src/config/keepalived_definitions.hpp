#pragma once

#include "config/config.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// $NAME=value: one line, or several.
struct Definition {
    std::vector<std::string> lines;
    Place place;
    std::size_t size = 0;  ///< of all lines, in bytes
};

using Definitions = std::map<std::string, Definition, std::less<>>;

/// How a text mentions a definition: $NAME, ${NAME}, ${NAME words}.
struct DefinitionMention {
    std::string_view name;
    std::string_view words;  ///< behind the name, within the braces
    std::size_t size = 0;    ///< of all of it
    bool has_braces = false;
    bool is_replaced = true;  ///< false: something stands behind $NAME that keeps it as it is
};

/// What begins with a $ at the beginning of a text; nullopt where that is no name.
[[nodiscard]] std::optional<DefinitionMention> find_mention(std::string_view text);

/// "$NAME=" at the beginning of a text: the name; empty where there is none.
[[nodiscard]] std::string_view defined_name(std::string_view text);

}  // namespace config
