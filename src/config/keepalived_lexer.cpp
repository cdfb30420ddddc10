#include "config/keepalived_lexer.hpp"

#include <algorithm>
#include <utility>

namespace config {

namespace {

class Lexer {
public:
    Lexer(std::string_view text, Report& report) : text_(text), report_(report) {}

    std::vector<KeepalivedToken> lex() {
        while (!is_at_end()) {
            const char letter = peek();
            if (letter == '#' || letter == '!') {
                skip_comment();
            } else if (letter == '{' || letter == '}') {
                take_brace();
            } else if (letter == '"') {
                take_quoted();
            } else if (is_blank(letter)) {
                advance();
            } else {
                take_word();
            }
        }
        return std::move(tokens_);
    }

private:
    static bool is_blank(char letter) { return letter == ' ' || letter == '\t' || letter == '\n'; }
    static bool ends_word(char letter) {
        return is_blank(letter) ||
               std::string_view("#!{}\"").find(letter) != std::string_view::npos;
    }

    [[nodiscard]] bool is_at_end() const { return offset_ >= text_.size(); }
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return offset_ + ahead < text_.size() ? text_[offset_ + ahead] : '\n';
    }

    /// Steps over one byte; a character of several bytes is one column.
    char advance() {
        const char letter = text_[offset_++];
        if (letter == '\n') {
            ++place_.line;
            place_.column = 1;
        } else if ((static_cast<unsigned char>(peek()) & 0xC0U) != 0x80U) {
            ++place_.column;
        }
        return letter;
    }

    KeepalivedToken begin(KeepalivedTokenKind kind) const { return {kind, "", place_, offset_, 0}; }

    void end(KeepalivedToken token) {
        token.size = offset_ - token.offset;
        tokens_.push_back(std::move(token));
    }

    void skip_comment() {
        while (!is_at_end() && peek() != '\n') {
            advance();
        }
    }

    void take_brace() {
        KeepalivedToken token =
            begin(peek() == '{' ? KeepalivedTokenKind::open : KeepalivedTokenKind::close);
        advance();
        end(std::move(token));
    }

    void take_quoted() {
        KeepalivedToken token = begin(KeepalivedTokenKind::word);
        advance();
        while (peek() != '"' && peek() != '\n') {
            token.text.push_back(advance());
        }
        if (peek() == '"') {
            advance();
        } else {
            report_.error(token.place, "this text has no closing \" on its line");
        }
        if (token.text.find("${") != std::string::npos) {
            report_variable(token.place);
        }
        end(std::move(token));
    }

    void take_word() {
        KeepalivedToken token = begin(KeepalivedTokenKind::word);
        while (!ends_word(peek())) {
            const bool is_escape = peek() == '\\' && (peek(1) == '#' || peek(1) == '!');
            if (is_escape) {
                advance();
            }
            const char letter = advance();
            token.text.push_back(letter);
            if (letter == '$' && peek() == '{') {
                report_variable(token.place);
                take_variable(token.text);
            }
        }
        end(std::move(token));
    }

    /// The braces of ${NAME} belong to the word, not to a block.
    void take_variable(std::string& word) {
        while (peek() != '}' && peek() != '\n') {
            word.push_back(advance());
        }
        if (peek() == '}') {
            word.push_back(advance());
        }
    }

    void report_variable(Place place) {
        report_.error(place, "variables (${NAME}) are not read yet", "write the value itself");
    }

    std::string_view text_;
    Report& report_;
    std::size_t offset_ = 0;
    Place place_{1, 1};
    std::vector<KeepalivedToken> tokens_;
};

}  // namespace

std::vector<KeepalivedToken> lex_keepalived(std::string_view text, Report& report) {
    return Lexer(text, report).lex();
}

}  // namespace config
