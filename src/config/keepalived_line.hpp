#pragma once

#include "config/keepalived_lexer.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace config {

/// A line of a keepalived.conf, and the block in braces that belongs to it.
struct KeepalivedLine {
    std::vector<KeepalivedToken> words;  ///< at least one: a keyword, or an entry of a list
    bool has_block = false;
    bool may_hold_password = false;  ///< stands in one line of the file with an auth_ keyword
    std::vector<KeepalivedLine> block;

    [[nodiscard]] const std::string& keyword() const { return words.front().text; }
    [[nodiscard]] Place place() const { return words.front().place; }
    /// The place of what stands after the keyword; that of the keyword where nothing does.
    [[nodiscard]] Place value_place() const {
        return words.size() > 1 ? words[1].place : words.front().place;
    }
};

/// The lines of a source, with their blocks. Braces that don't match are reported; blocks
/// deeper than any that keepalived knows are left out.
[[nodiscard]] std::vector<KeepalivedLine> read_lines(const KeepalivedSource& source,
                                                     Report& report);

}  // namespace config
