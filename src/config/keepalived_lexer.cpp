#include "config/keepalived_lexer.hpp"

#include <span>
#include <utility>

namespace config {

namespace {

class Lexer {
public:
    Lexer(const KeepalivedSource& source, Report& report)
        : text_(source.text), pieces_(source.pieces), report_(report) {
        begin_pieces();
    }

    std::vector<KeepalivedToken> lex() {
        while (!is_at_end()) {
            const char letter = peek();
            if (letter == '{' || letter == '}') {
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
        return is_blank(letter) || std::string_view("{}\"").find(letter) != std::string_view::npos;
    }

    [[nodiscard]] bool is_at_end() const { return offset_ >= text_.size(); }
    [[nodiscard]] char peek() const { return is_at_end() ? '\n' : text_[offset_]; }

    /// Steps over one byte; a character of several bytes is one column.
    char advance() {
        const char letter = text_[offset_++];
        row_ += letter == '\n' ? 1U : 0U;
        if (letter == '\n' && !is_fixed_) {
            ++place_.line;
            place_.column = 1;
        } else if (!is_fixed_ && (static_cast<unsigned char>(peek()) & 0xC0U) != 0x80U) {
            ++place_.column;
        }
        begin_pieces();
        return letter;
    }

    /// Goes to the place that the source has from this offset on.
    void begin_pieces() {
        while (!pieces_.empty() && pieces_.front().offset <= offset_) {
            place_ = pieces_.front().place;
            is_fixed_ = pieces_.front().is_fixed;
            pieces_ = pieces_.subspan(1);
        }
    }

    KeepalivedToken begin(KeepalivedTokenKind kind) const {
        return {kind, "", place_, offset_, 0, row_};
    }

    void end(KeepalivedToken token) {
        token.size = offset_ - token.offset;
        tokens_.push_back(std::move(token));
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
        end(std::move(token));
    }

    void take_word() {
        KeepalivedToken token = begin(KeepalivedTokenKind::word);
        while (!ends_word(peek())) {
            const char letter = advance();
            token.text.push_back(letter);
            if (letter == '$' && peek() == '{') {
                take_variable(token.text);
            }
        }
        end(std::move(token));
    }

    /// The braces of a ${NAME} that is not defined belong to the word, not to a block.
    void take_variable(std::string& word) {
        while (peek() != '}' && peek() != '\n') {
            word.push_back(advance());
        }
        if (peek() == '}') {
            word.push_back(advance());
        }
    }

    std::string_view text_;
    std::span<const SourcePiece> pieces_;  ///< those that are still to come
    Report& report_;
    std::size_t offset_ = 0;
    std::size_t row_ = 0;
    bool is_fixed_ = false;
    Place place_{1, 1};
    std::vector<KeepalivedToken> tokens_;
};

}  // namespace

std::vector<KeepalivedToken> lex_keepalived(const KeepalivedSource& source, Report& report) {
    return Lexer(source, report).lex();
}

}  // namespace config
