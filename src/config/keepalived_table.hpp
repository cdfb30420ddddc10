#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// What stands after a keyword: a value or a block, once or as often as you like.
enum class KeepalivedForm : std::uint8_t { line, lines, block, blocks };

[[nodiscard]] constexpr bool is_block(KeepalivedForm form) {
    return form == KeepalivedForm::block || form == KeepalivedForm::blocks;
}

[[nodiscard]] constexpr bool is_repeatable(KeepalivedForm form) {
    return form == KeepalivedForm::lines || form == KeepalivedForm::blocks;
}

/// What becomes of a keyword here.
enum class KeywordClass : std::uint8_t {
    honoured,     ///< as in keepalived
    translated,   ///< its purpose is served in a way of our own
    no_effect,    ///< nothing comes of it, and nothing needs to
    unsupported,  ///< refused, or left out with --lenient
};

/// Whether who uses a keyword is told what becomes of it: each time, or once a file for all
/// keywords with the same text, which is a whole sentence then.
enum class Telling : std::uint8_t { never, each, once };

/// All that is known of a keyword of keepalived.conf but how its value is read.
struct KeepalivedRow {
    std::string_view keyword;
    std::string_view grammar;  ///< of what follows it, see matches_grammar(); {} means a block
    KeepalivedForm form = KeepalivedForm::line;
    KeywordClass effect = KeywordClass::honoured;
    std::string_view text;    ///< what it does; or why it does nothing, or another thing
    std::string_view advice;  ///< what to do instead
    Telling telling = Telling::never;
    std::string_view harmless;  ///< a value that needs no telling, beside those that say no
};

/// The keywords of one block, or the words that may follow one kind of entry.
struct KeepalivedBlock {
    std::string_view name;   ///< "vrrp_instance"
    std::string_view title;  ///< as the manual calls it
    std::vector<KeepalivedRow> rows;
};

[[nodiscard]] std::span<const KeepalivedBlock> keepalived_blocks();

/// The row of a keyword in a block that exists; nullptr where it has no such keyword.
[[nodiscard]] const KeepalivedRow* find_row(std::string_view block, std::string_view keyword);

/// All keywords of a block.
[[nodiscard]] std::vector<std::string> keywords_of(std::string_view block);

/// "honoured", "translated", "without effect", "not supported"
[[nodiscard]] std::string_view to_text(KeywordClass effect);

/// The tables as a page of the manual, in Markdown.
[[nodiscard]] std::string keepalived_manual();

// The parts of the table, which is long; what reads files uses the functions above.
[[nodiscard]] std::vector<KeepalivedRow> root_rows();
[[nodiscard]] std::vector<KeepalivedRow> globals_rows();
[[nodiscard]] std::vector<KeepalivedRow> instance_rows();
[[nodiscard]] std::vector<KeepalivedBlock> small_blocks();

/// The rows of all parts, in their order.
[[nodiscard]] std::vector<KeepalivedRow> joined(
    std::initializer_list<std::span<const KeepalivedRow>> parts);

/// A row that is read as keepalived reads it.
[[nodiscard]] constexpr KeepalivedRow honoured(std::string_view keyword, std::string_view grammar,
                                               std::string_view text,
                                               KeepalivedForm form = KeepalivedForm::line) {
    return {keyword, grammar, form, KeywordClass::honoured, text, {}, Telling::never, {}};
}

/// A row whose purpose is served in another way.
[[nodiscard]] constexpr KeepalivedRow translated(std::string_view keyword, std::string_view grammar,
                                                 std::string_view text,
                                                 Telling telling = Telling::never,
                                                 std::string_view advice = {},
                                                 std::string_view harmless = {}) {
    return {keyword, grammar, KeepalivedForm::line, KeywordClass::translated, text, advice,
            telling, harmless};
}

/// A row that nothing comes of.
[[nodiscard]] constexpr KeepalivedRow without_effect(std::string_view keyword,
                                                     std::string_view grammar,
                                                     std::string_view text,
                                                     Telling telling = Telling::never,
                                                     std::string_view advice = {},
                                                     std::string_view harmless = {}) {
    return {keyword, grammar, KeepalivedForm::line, KeywordClass::no_effect, text, advice,
            telling, harmless};
}

/// A row that is refused.
[[nodiscard]] constexpr KeepalivedRow unsupported(std::string_view keyword,
                                                  std::string_view grammar, std::string_view text,
                                                  std::string_view advice,
                                                  KeepalivedForm form = KeepalivedForm::line) {
    return {keyword, grammar, form, KeywordClass::unsupported, text, advice, Telling::each, {}};
}

/// The same row with a block behind its keyword.
[[nodiscard]] constexpr KeepalivedRow with_block(KeepalivedRow row) {
    row.form = KeepalivedForm::blocks;
    return row;
}

}  // namespace config
