#include "config/toml_shape.hpp"

#include "config/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace config {

namespace {

constexpr int max_depth = 8;       // brackets within brackets
constexpr int max_key_parts = 16;  // of a dotted key
constexpr std::size_t max_digits = 18;
constexpr std::size_t max_line_size = 16384;  // toml11 3 copies the line of each value

bool is_bare_key_letter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
}

bool ends_word(char letter) {
    return std::string_view(" \t\n,[]{}#=\"'").find(letter) != std::string_view::npos;
}

/// Whether a word is one of TOML's, or looks like a number or date.
bool is_word_of_toml(std::string_view word) {
    const std::string_view bare =
        word.starts_with('+') || word.starts_with('-') ? word.substr(1) : word;
    if (word == "true" || word == "false" || bare == "inf" || bare == "nan") {
        return true;
    }
    const bool has_number_letters = std::ranges::all_of(bare, [](char letter) {
        return std::string_view("0123456789abcdefABCDEFxoTZ_+-.:").find(letter) !=
               std::string_view::npos;
    });
    return !bare.empty() && bare.front() >= '0' && bare.front() <= '9' && has_number_letters &&
           std::ranges::count(bare, '.') < 2;
}

class ShapeScanner {
public:
    explicit ShapeScanner(std::string_view text) : text_(text) {}

    std::optional<ShapeError> scan() {
        while (position_ < text_.size() && take_line()) {
        }
        return error_;
    }

private:
    bool fail(std::size_t offset, std::string message, std::string advice = {}) {
        error_ = ShapeError{offset, {std::move(message), std::move(advice)}};
        return false;
    }

    [[nodiscard]] char peek() const { return position_ < text_.size() ? text_[position_] : '\n'; }
    [[nodiscard]] bool is_at_end() const { return position_ >= text_.size(); }

    bool take(std::string_view expected) {
        if (!text_.substr(position_).starts_with(expected)) {
            return false;
        }
        position_ += expected.size();
        return true;
    }

    void skip_blanks() {
        while (!is_at_end() && (peek() == ' ' || peek() == '\t')) {
            ++position_;
        }
    }

    void skip_comment() {
        if (peek() == '#') {
            position_ = std::min(text_.find('\n', position_), text_.size());
        }
    }

    void skip_blank_lines() {
        skip_blanks();
        skip_comment();
        while (take("\n")) {
            skip_blanks();
            skip_comment();
        }
    }

    bool take_line() {
        skip_blanks();
        if (!is_at_end() && peek() != '#' && peek() != '\n') {
            const bool is_good = peek() == '[' ? take_header() : take_assignment();
            if (!is_good) {
                return false;
            }
        }
        return take_end_of_line();
    }

    bool take_end_of_line() {
        skip_blanks();
        skip_comment();
        if (is_at_end() || take("\n")) {
            return true;
        }
        return peek() == ',' ? fail(position_, "expected the end of the line after the value",
                                    "several values stand in brackets: [\"a\", \"b\"]")
                             : fail(position_, "expected the end of the line here",
                                    "one key and its value stand on one line");
    }

    bool take_header() {
        const std::size_t start = position_;
        const std::string_view end = take("[[") ? "]]" : "]";
        if (end == "]") {
            take("[");
        }
        if (!take_key()) {
            return false;
        }
        return take(end) || fail(start, fmt::format("this table's name has no closing {}", end),
                                 "write it as [router.NAME] or [check.NAME]");
    }

    bool take_assignment() {
        const std::size_t start = position_;
        if (!take_key()) {
            return false;
        }
        key_ = text_.substr(start, position_ - start);
        while (key_.ends_with(' ') || key_.ends_with('\t')) {
            key_.remove_suffix(1);
        }
        if (!take("=")) {
            return fail(position_, "expected = after the key",
                        "write a line as key = value, a table's name as [router.NAME]");
        }
        return take_value(0);
    }

    bool take_key() {
        for (int parts = 1; parts <= max_key_parts; ++parts) {
            skip_blanks();
            if (!take_key_part()) {
                return false;
            }
            skip_blanks();
            if (!take(".")) {
                return true;
            }
        }
        return fail(position_, "the key has too many parts");
    }

    bool take_key_part() {
        if (peek() == '"' || peek() == '\'') {
            return take_string();
        }
        const std::size_t start = position_;
        while (!is_at_end() && is_bare_key_letter(peek())) {
            ++position_;
        }
        return position_ > start ||
               fail(start, "expected a key here",
                    "a key is made of letters, digits, '_' and '-'; others stand in quotes");
    }

    bool take_value(int depth) {
        skip_blanks();
        if (peek() == '"' || peek() == '\'') {
            return take_string();
        }
        if (peek() != '[' && peek() != '{') {
            return take_word();
        }
        if (depth == max_depth) {
            return fail(position_, "brackets stand too deep within brackets");
        }
        return peek() == '[' ? take_array(depth + 1) : take_inline_table(depth + 1);
    }

    bool take_array(int depth) {
        const std::size_t start = position_;
        take("[");
        skip_blank_lines();
        while (!take("]")) {
            if (is_at_end() || is_at_next_statement()) {
                return fail(start, "this list has no closing ]");
            }
            if (!take_value(depth)) {
                return false;
            }
            skip_blank_lines();
            const bool is_more = take(",");
            skip_blank_lines();
            if (!is_more && peek() != ']') {
                return is_at_end() ? fail(start, "this list has no closing ]")
                                   : fail(position_, "expected , or ] here");
            }
        }
        return true;
    }

    /// Whether what follows, in place of a list's entry, is a line of its own: "key =" or "[name]".
    [[nodiscard]] bool is_at_next_statement() const {
        const std::size_t start = peek() == '[' ? position_ + 1 : position_;
        const std::string_view rest = text_.substr(std::min(start, text_.size()));
        const auto word_end = static_cast<std::size_t>(
            std::ranges::find_if_not(
                rest, [](char letter) { return is_bare_key_letter(letter) || letter == '.'; }) -
            rest.begin());
        const std::string_view word = rest.substr(0, word_end);
        if (word.empty() || is_word_of_toml(word)) {
            return false;
        }
        const std::string_view after = rest.substr(word_end);
        const std::size_t next = after.find_first_not_of(" \t");
        return peek() == '[' ? after.starts_with(']')
                             : next != std::string_view::npos && after[next] == '=';
    }

    bool take_inline_table(int depth) {
        const std::size_t start = position_;
        take("{");
        skip_blanks();
        if (take("}")) {
            return true;
        }
        do {
            if (!is_at_end() && peek() == '\n') {
                return fail(start, "this table in braces does not end on its line");
            }
            if (!take_key()) {
                return false;
            }
            if (!take("=")) {
                return fail(position_, "expected = after the key");
            }
            if (!take_value(depth)) {
                return false;
            }
            skip_blanks();
        } while (take(","));
        return take("}") ||
               (peek() == '\n' ? fail(start, "this table in braces does not end on its line")
                               : fail(position_, "expected , or } here"));
    }

    bool take_string() {
        const std::size_t start = position_;
        for (const std::string_view quote : {"\"\"\"", "'''"}) {
            if (take(quote)) {
                return take_long_string(start, quote);
            }
        }
        const char quote = text_[position_++];
        while (peek() != '\n') {
            const char letter = text_[position_++];
            if (letter == quote) {
                return true;
            }
            if (letter == '\\' && quote == '"' && !take_escape()) {
                return false;
            }
        }
        return fail(start, fmt::format("this text has no closing {} on its line", quote));
    }

    bool take_escape() {
        if (std::string_view("btnfr\"\\uU").find(peek()) == std::string_view::npos) {
            return fail(position_ - 1, "a backslash stands before something that it cannot escape",
                        "write \\\\ for a backslash, or put the text in single quotes");
        }
        ++position_;
        return true;
    }

    bool take_long_string(std::size_t start, std::string_view quote) {
        while (!is_at_end()) {
            if (take(quote)) {
                // Up to two quotes may belong to the text itself.
                while (take(quote.substr(0, 1))) {
                }
                return true;
            }
            position_ += quote.front() == '"' && peek() == '\\' ? 2 : 1;
        }
        position_ = text_.size();
        return fail(start, fmt::format("this text has no closing {}", quote));
    }

    bool take_word() {
        const std::size_t start = position_;
        while (!is_at_end() && !ends_word(peek())) {
            ++position_;
        }
        const std::string_view word = text_.substr(start, position_ - start);
        if (word.empty()) {
            return fail(start, "expected a value here");
        }
        const auto digits =
            std::ranges::count_if(word, [](char letter) { return letter >= '0' && letter <= '9'; });
        if (static_cast<std::size_t>(digits) > max_digits) {
            return fail(start, "the number is too large");
        }
        return is_word_of_toml(word) || fail(start, "a text stands in quotes", advice_for(word));
    }

    /// How the word should have been written. Nobody's password is repeated in a message.
    [[nodiscard]] std::string advice_for(std::string_view word) const {
        if (key_.find("pass") != std::string_view::npos) {
            return "put the value in double quotes";
        }
        if (word == "yes" || word == "no" || word == "on" || word == "off" || word == "True" ||
            word == "False") {
            return "write true or false";
        }
        return fmt::format("write {}", in_quotes(word));
    }

    std::string_view text_;
    std::size_t position_ = 0;
    std::string_view key_;  ///< of the line in hand
    std::optional<ShapeError> error_;
};

}  // namespace

std::optional<ShapeError> find_shape_error(std::string_view text) {
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        if (end - start > max_line_size) {
            return ShapeError{start, {"this line is longer than 16 KiB", "break the list"}};
        }
        start = end + 1;
    }
    return ShapeScanner(text).scan();
}

}  // namespace config
