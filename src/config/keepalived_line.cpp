#include "config/keepalived_line.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace config {

namespace {

constexpr int max_depth = 8;  // keepalived's own blocks end at four

/// Gathers tokens into lines, block by block.
class LineReader {
public:
    LineReader(std::span<const KeepalivedToken> tokens, Report& report)
        : tokens_(tokens), report_(report) {}

    std::vector<KeepalivedLine> read() { return read_block(0); }

private:
    /// Reads up to the end of the block, and past its brace.
    std::vector<KeepalivedLine> read_block(int depth) {
        std::vector<KeepalivedLine> lines;
        bool is_new_line = true;
        while (next_ < tokens_.size()) {
            const KeepalivedToken& token = tokens_[next_++];
            if (token.kind == KeepalivedTokenKind::close) {
                if (depth > 0) {
                    return lines;
                }
                report_surplus(token);
                is_new_line = true;
                continue;
            }
            if (token.kind == KeepalivedTokenKind::open) {
                open_block(token, lines, depth);
                is_new_line = true;
                continue;
            }
            if (is_new_line || lines.back().words.back().row != token.row) {
                lines.emplace_back();
                note_password(token, lines.back());
            }
            lines.back().words.push_back(token);
            is_new_line = false;
        }
        is_open_ = depth > 0;
        return lines;
    }

    void open_block(const KeepalivedToken& brace, std::vector<KeepalivedLine>& lines, int depth) {
        if (lines.empty() || lines.back().has_block || depth == max_depth) {
            report_.error(brace.place, depth == max_depth ? "blocks stand too deep within blocks"
                                                          : "this { belongs to no keyword");
            skip_block();
        } else {
            lines.back().has_block = true;
            lines.back().block = read_block(depth + 1);
        }
        if (is_open_ && !has_told_open_) {
            report_.error(brace.place, "the block that begins here has no closing }");
            has_told_open_ = true;
        }
    }

    /// A brace within a password ends its line here, and the rest of it looks like a keyword.
    void note_password(const KeepalivedToken& keyword, KeepalivedLine& line) {
        if (keyword.text.starts_with("auth_") || keyword.text == "key") {
            password_row_ = keyword.row;
            password_place_ = keyword.place;
        }
        line.may_hold_password =
            keyword.row == password_row_ || (keyword.place.line == password_place_.line &&
                                             keyword.place.file == password_place_.file);
    }

    void report_surplus(const KeepalivedToken& brace) {
        if (!has_told_surplus_) {
            report_.error(brace.place, "this } closes no block",
                          "remove it, or look for a { that is missing above");
            has_told_surplus_ = true;
        }
    }

    void skip_block() {
        std::size_t open = 1;
        while (open > 0 && next_ < tokens_.size()) {
            const KeepalivedTokenKind kind = tokens_[next_++].kind;
            open += kind == KeepalivedTokenKind::open ? 1U : 0U;
            open -= kind == KeepalivedTokenKind::close ? 1U : 0U;
        }
        is_open_ = open > 0;
    }

    std::span<const KeepalivedToken> tokens_;
    Report& report_;
    std::size_t next_ = 0;
    std::optional<std::size_t> password_row_;  ///< of the source, the last one that there was
    Place password_place_;                     ///< and where that began
    bool is_open_ = false;                     ///< the text ended within the block just read
    // One brace too few or too many leads to others: only the first is told.
    bool has_told_open_ = false;
    bool has_told_surplus_ = false;
};

}  // namespace

std::vector<KeepalivedLine> read_lines(const KeepalivedSource& source, Report& report) {
    const std::vector<KeepalivedToken> tokens = lex_keepalived(source, report);
    return LineReader(tokens, report).read();
}

}  // namespace config
