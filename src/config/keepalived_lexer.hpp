#pragma once

#include "config/keepalived_source.hpp"
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
    std::string text;        ///< of a word: without its quotes
    Place place;             ///< of its first character
    std::size_t offset = 0;  ///< where it stands in the source's text, quotes included
    std::size_t size = 0;
    std::size_t row = 0;  ///< the line of the source's text

    friend bool operator==(const KeepalivedToken&, const KeepalivedToken&) = default;
};

/// The tokens of a source. Double quotes keep words together, within one line.
[[nodiscard]] std::vector<KeepalivedToken> lex_keepalived(const KeepalivedSource& source,
                                                          Report& report);

}  // namespace config
