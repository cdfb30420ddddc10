#include "config/excerpt.hpp"

#include "config/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <ranges>
#include <vector>

namespace config {

namespace {

constexpr std::size_t longest_shown = 100;  // characters
constexpr std::size_t shown_before = 60;    // of those, in front of the column
constexpr std::string_view gap = "...";

struct CodeRange {
    std::uint32_t first;
    std::uint32_t last;
};

/// What terminals show in two cells: the scripts of East Asia, their full-width forms, emoji.
constexpr std::array<CodeRange, 9> wide = {{{0x1100, 0x115F},
                                            {0x2E80, 0x303E},
                                            {0x3041, 0xA4CF},
                                            {0xA960, 0xA97C},
                                            {0xAC00, 0xD7A3},
                                            {0xF900, 0xFAFF},
                                            {0xFE30, 0xFE6F},
                                            {0xFF00, 0xFF60},
                                            {0x1F300, 0x1FAFF}}};

/// What terminals show in none: marks that join the letter before them.
constexpr std::array<CodeRange, 4> joined = {
    {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};

bool is_in(std::uint32_t code, const auto& ranges) {
    return std::ranges::any_of(ranges, [code](const CodeRange& range) {
        return code >= range.first && code <= range.last;
    });
}

/// The characters of a text, each with the bytes that make it.
std::vector<std::string_view> characters_of(std::string_view text) {
    std::vector<std::string_view> characters;
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = begin + 1;
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
            ++end;
        }
        characters.push_back(text.substr(begin, end - begin));
        begin = end;
    }
    return characters;
}

/// The number of a character, which is valid UTF-8.
std::uint32_t code_of(std::string_view character) {
    const auto first = static_cast<unsigned char>(character.front());
    if (character.size() == 1) {
        return first;
    }
    std::uint32_t code = first & (0x7FU >> character.size());
    for (const char byte : character.substr(1)) {
        code = (code << 6U) | (static_cast<unsigned char>(byte) & 0x3FU);
    }
    return code;
}

/// What stands below a character in front of the mark.
std::string_view blank_below(std::string_view character) {
    if (character == "\t") {
        return "\t";
    }
    const std::uint32_t code = code_of(character);
    return is_in(code, wide) ? "  " : is_in(code, joined) ? "" : " ";
}

std::string shown(std::string_view character) {
    return character == "\t" ? "\t" : printable(character);
}

}  // namespace

Excerpt excerpt_of(std::string_view line, std::size_t column) {
    const std::vector<std::string_view> characters =
        characters_of(line.substr(0, line.find_last_not_of(" \t") + 1));
    const std::size_t at = std::min(column - std::min<std::size_t>(column, 1), characters.size());
    const std::size_t begin =
        characters.size() <= longest_shown ? 0 : at - std::min(at, shown_before);
    const std::size_t end = std::min(characters.size(), begin + longest_shown);
    Excerpt excerpt;
    if (begin > 0) {
        excerpt.line = gap;
        excerpt.mark = std::string(gap.size(), ' ');
    }
    for (std::size_t index = begin; index < end; ++index) {
        excerpt.line += shown(characters[index]);
        if (index < at) {
            excerpt.mark += blank_below(characters[index]);
        }
    }
    excerpt.line += end < characters.size() ? gap : "";
    excerpt.mark += '^';
    return excerpt;
}

}  // namespace config
