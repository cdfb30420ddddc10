#pragma once

#include "config/report.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace config {

enum class KeepalivedTokenKind : std::uint8_t { word, open, close };

/// A word of a keepalived.conf, or a brace.
struct KeepalivedToken {
    KeepalivedTokenKind kind = KeepalivedTokenKind::word;
    std::string text;        ///< of a word: without its quotes and escapes
    Place place;             ///< of its first character
    std::size_t offset = 0;  ///< where it stands in the text, quotes included
    std::size_t size = 0;

    friend bool operator==(const KeepalivedToken&, const KeepalivedToken&) = default;
};

/// The tokens of a normalized text. Comments run from # or ! to the end of the line, also in the
/// middle of a word; double quotes keep words together and comments out, within one line.
[[nodiscard]] std::vector<KeepalivedToken> lex_keepalived(std::string_view text, Report& report);

}  // namespace config
