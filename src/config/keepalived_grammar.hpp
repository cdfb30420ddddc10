#pragma once

#include "config/keepalived_lexer.hpp"

#include <span>
#include <string_view>

namespace config {

/// Whether words are what a grammar asks for. A grammar is a row of items: "[X Y]" may be there or
/// not, "A|B" is one of the two, "X..." at the end once or more often. An item is a range of whole
/// numbers
/// ("1..255"), BOOL, SECONDS (with decimals), NUMBER, IP, any other word in capitals for any word,
/// and a word that is itself.
[[nodiscard]] bool matches_grammar(std::string_view grammar,
                                   std::span<const KeepalivedToken> words);

}  // namespace config
