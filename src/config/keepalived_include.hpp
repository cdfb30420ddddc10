#pragma once

#include "config/report.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// What an include must find.
struct IncludeRules {
    bool match = false;           ///< at least one file
    bool wildcard_match = false;  ///< and each pattern with wildcards one
    bool brace_match = false;     ///< and each alternative in braces one
    bool may_be_empty = false;    ///< nobody is told that there is none

    friend bool operator==(const IncludeRules&, const IncludeRules&) = default;
};

/// The rules of include, includer, includem, includew, includeb and includea.
[[nodiscard]] IncludeRules include_rules(std::string_view word, const IncludeRules& usual);

/// What the words of an include_check make of the rules; nullopt for a word that it does not know.
[[nodiscard]] std::optional<IncludeRules> checked_rules(std::string_view words, IncludeRules rules);

/// "a{b,c}" as "ab" and "ac"; nullopt where they are too many.
[[nodiscard]] std::optional<std::vector<std::string>> expand_braces(std::string_view pattern);

/// The files that a pattern means, sorted, relative to a folder (empty: the working directory).
/// What can't be found as the rules demand is reported.
[[nodiscard]] std::vector<std::string> find_included(std::string_view pattern,
                                                     const std::string& folder,
                                                     const IncludeRules& rules, Place place,
                                                     Report& report);

}  // namespace config
