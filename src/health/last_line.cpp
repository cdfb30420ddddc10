#include "health/last_line.hpp"

#include <cstddef>

namespace health {

namespace {

constexpr std::size_t longest = 200;
constexpr std::string_view line_ends = "\r\n";
constexpr std::string_view blanks = " \t\v\f\r\n";

bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

/// How many bytes a UTF-8 character has that begins with this one; 0 where none does.
std::size_t announced_size(unsigned char first) {
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xc2) {
        return 0;
    }
    if (first < 0xe0) {
        return 2;
    }
    if (first < 0xf0) {
        return 3;
    }
    return first < 0xf5 ? 4 : 0;
}

/// How many bytes the UTF-8 character at the beginning of `text` has; 0 where it is none.
std::size_t character_size(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t size = announced_size(first);
    if (size > text.size()) {
        return 0;
    }
    for (std::size_t i = 1; i < size; ++i) {
        if (!is_continuation(text[i])) {
            return 0;
        }
    }
    // What is longer than it need be, the surrogates, and what lies above U+10FFFF.
    const auto second = static_cast<unsigned char>(size > 1 ? text[1] : 0);
    const bool is_forbidden = (first == 0xe0 && second < 0xa0) ||
                              (first == 0xed && second > 0x9f) ||
                              (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
    return is_forbidden ? 0 : size;
}

/// The control characters of ASCII, and those of Latin 1 (U+0080 to U+009F).
bool is_control(std::string_view character) {
    const auto first = static_cast<unsigned char>(character[0]);
    return first < 0x20 || first == 0x7f ||
           (first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0);
}

std::string printable(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::size_t size = character_size(text);
        const std::string_view character = text.substr(0, size == 0 ? 1 : size);
        if (character == "\t") {
            result += ' ';
        } else if (size == 0 || is_control(character)) {
            result += '?';
        } else {
            result += character;
        }
        text.remove_prefix(character.size());
    }
    return result;
}

}  // namespace

std::string last_line(std::string_view output) {
    const std::size_t end = output.find_last_not_of(blanks);
    if (end == std::string_view::npos) {
        return "";
    }
    std::string_view line = output.substr(0, end + 1);
    line.remove_prefix(line.find_last_of(line_ends) + 1);
    line.remove_prefix(line.find_first_not_of(blanks));
    if (line.size() > longest) {
        line.remove_prefix(line.size() - longest);
        while (!line.empty() && is_continuation(line[0])) {
            line.remove_prefix(1);
        }
    }
    return printable(line);
}

}  // namespace health
