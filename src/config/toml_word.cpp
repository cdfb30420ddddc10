#include "config/toml_word.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <system_error>
#include <utility>

namespace config {

namespace {

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

/// The word without its underscores; nullopt where one does not stand between two digits.
std::optional<std::string> without_underscores(std::string_view word) {
    std::string result;
    for (std::size_t index = 0; index < word.size(); ++index) {
        if (word[index] != '_') {
            result.push_back(word[index]);
            continue;
        }
        const auto is_hex_digit = [](char letter) {
            return is_digit(letter) || (letter >= 'a' && letter <= 'f') ||
                   (letter >= 'A' && letter <= 'F');
        };
        if (index == 0 || index + 1 == word.size() || !is_hex_digit(word[index - 1]) ||
            !is_hex_digit(word[index + 1])) {
            return std::nullopt;
        }
    }
    return result;
}

std::optional<std::int64_t> to_number(std::string_view digits, int base) {
    std::int64_t number = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, number, base);
    const bool is_number = stop == end && error == std::errc{} && !digits.empty();
    return is_number ? std::optional(number) : std::nullopt;
}

std::string_view without_sign(std::string_view word) {
    return word.starts_with('+') || word.starts_with('-') ? word.substr(1) : word;
}

std::optional<std::int64_t> to_whole(const std::string& word) {
    for (const auto& [prefix, base] :
         {std::pair("0x", 16), std::pair("0o", 8), std::pair("0b", 2)}) {
        if (word.starts_with(prefix)) {
            const std::string_view digits = std::string_view(word).substr(2);
            return digits.starts_with('-') ? std::nullopt : to_number(digits, base);
        }
    }
    const std::string_view digits = without_sign(word);
    if (digits.empty() || !std::ranges::all_of(digits, is_digit) ||
        (digits.size() > 1 && digits.front() == '0')) {
        return std::nullopt;
    }
    const auto number = to_number(digits, 10);
    return number && word.starts_with('-') ? std::optional(-*number) : number;
}

/// Takes digits from the front; whether there was one.
bool take_digits(std::string_view& rest) {
    const auto end =
        static_cast<std::size_t>(std::ranges::find_if_not(rest, is_digit) - rest.begin());
    rest.remove_prefix(end);
    return end > 0;
}

bool is_decimals(std::string_view word) {
    std::string_view rest = without_sign(word);
    if (rest == "inf" || rest == "nan") {
        return true;
    }
    if ((rest.size() > 1 && rest[0] == '0' && is_digit(rest[1])) || !take_digits(rest)) {
        return false;
    }
    bool has_mark = false;
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        has_mark = true;
        if (!take_digits(rest)) {
            return false;
        }
    }
    if (rest.starts_with('e') || rest.starts_with('E')) {
        rest = without_sign(rest.substr(1));
        has_mark = true;
        if (!take_digits(rest)) {
            return false;
        }
    }
    return has_mark && rest.empty();
}

/// Nothing takes a date, so that it looks like one is enough.
bool is_date(std::string_view word) {
    const std::size_t start = word.find_first_of("-:");
    return (start == 4 && word[start] == '-' && word.size() >= 10) ||
           (start == 2 && word[start] == ':' && word.size() >= 8);
}

void append_utf8(std::uint32_t code, std::string& text) {
    const auto tail = [&](unsigned shift) {
        text.push_back(static_cast<char>(0x80U | ((code >> shift) & 0x3FU)));
    };
    if (code < 0x80U) {
        text.push_back(static_cast<char>(code));
    } else if (code < 0x800U) {
        text.push_back(static_cast<char>(0xC0U | (code >> 6U)));
        tail(0);
    } else if (code < 0x10000U) {
        text.push_back(static_cast<char>(0xE0U | (code >> 12U)));
        tail(6);
        tail(0);
    } else {
        text.push_back(static_cast<char>(0xF0U | (code >> 18U)));
        tail(12);
        tail(6);
        tail(0);
    }
}

/// Reads the hexadecimal digits of an escape; whether they name a character.
bool take_character(std::string_view& rest, std::size_t digits, std::string& text) {
    std::uint32_t code = 0;
    const char* const end = rest.data() + std::min(digits, rest.size());
    const auto [stop, error] = std::from_chars(rest.data(), end, code, 16);
    const bool is_surrogate = code >= 0xD800U && code <= 0xDFFFU;
    if (rest.size() < digits || stop != end || error != std::errc{} || is_surrogate ||
        code > 0x10FFFFU) {
        return false;
    }
    append_utf8(code, text);
    rest.remove_prefix(digits);
    return true;
}

/// A backslash at the end of a line joins it to the next word; whether this is one.
bool take_line_end(std::string_view& rest) {
    const std::size_t newline = rest.find_first_not_of(" \t");
    if (newline == std::string_view::npos || rest[newline] != '\n') {
        return false;
    }
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\n"), rest.size()));
    return true;
}

/// Takes what follows a backslash; whether it means something.
bool take_escape(std::string_view& rest, bool is_long, std::string& text) {
    static constexpr std::string_view letters = "btnfr\"\\";
    static constexpr std::string_view meanings = "\b\t\n\f\r\"\\";
    if (is_long && take_line_end(rest)) {
        return true;
    }
    if (rest.empty()) {
        return false;
    }
    const char letter = rest.front();
    if (const std::size_t found = letters.find(letter); found != std::string_view::npos) {
        text.push_back(meanings[found]);
        rest.remove_prefix(1);
        return true;
    }
    if (letter != 'u' && letter != 'U') {
        return false;
    }
    rest.remove_prefix(1);
    return take_character(rest, letter == 'u' ? 4 : 8, text);
}

}  // namespace

std::optional<TomlValue> to_toml_word(std::string_view word) {
    TomlValue value;
    if (word == "true" || word == "false") {
        value.kind = TomlKind::boolean;
        value.boolean = word == "true";
        return value;
    }
    if (is_date(word)) {
        value.kind = TomlKind::date;
        return value;
    }
    const auto plain = without_underscores(word);
    if (!plain) {
        return std::nullopt;
    }
    if (const auto number = to_whole(*plain)) {
        value.kind = TomlKind::whole_number;
        value.number = *number;
        return value;
    }
    value.kind = TomlKind::decimals;
    return is_decimals(*plain) ? std::optional(std::move(value)) : std::nullopt;
}

std::optional<std::string> resolve_escapes(std::string_view written, bool is_long) {
    std::string text;
    while (!written.empty()) {
        const std::size_t backslash = std::min(written.find('\\'), written.size());
        text += written.substr(0, backslash);
        written.remove_prefix(backslash);
        if (written.empty()) {
            break;
        }
        written.remove_prefix(1);
        if (!take_escape(written, is_long, text)) {
            return std::nullopt;
        }
    }
    return text;
}

}  // namespace config
