#include "config/keepalived_table.hpp"

#include <fmt/format.h>

namespace config {

namespace {

constexpr std::string_view introduction = R"(# Keywords of keepalived.conf

Made from the table that the reader itself goes by. How the values are read stands in
[keepalived.md](keepalived.md).

| class | meaning |
|---|---|
| honoured | as in keepalived. What is said of it names the key of TOML where there is one |
| translated | its purpose is served in another way; a warning says so where anybody could notice |
| without effect | nothing comes of it. A warning says so, unless nothing is lost |
| not supported | an error. With `--lenient` a warning, and the keyword or block is left out |

A keyword that is not here is an error; a warning where it is a misspelling of one that is
translated or without effect or, with `--lenient`, like none that is here.
BOOL is `on`, `off`, `true`, `false`, `yes` or `no`; SECONDS may have decimals.
)";

/// The text as a cell of a table: a bar would end it.
std::string cell(std::string_view text) {
    std::string result;
    for (const char letter : text) {
        if (letter == '|') {
            result += '\\';
        }
        result += letter;
    }
    return result;
}

std::string line_of(const KeepalivedRow& row) {
    const bool is_told = row.telling != Telling::never && row.effect != KeywordClass::unsupported;
    return fmt::format("| `{}{}{}` | {}{} | {}{}{} |\n", row.keyword,
                       row.grammar.empty() ? "" : " ", cell(row.grammar), to_text(row.effect),
                       is_told ? " (warning)" : "", cell(row.text), row.advice.empty() ? "" : "; ",
                       cell(row.advice));
}

}  // namespace

std::string keepalived_manual() {
    std::string text(introduction);
    for (const KeepalivedBlock& block : keepalived_blocks()) {
        text += fmt::format("\n## {}\n\n| keyword | class | here |\n|---|---|---|\n", block.title);
        for (const KeepalivedRow& row : block.rows) {
            text += line_of(row);
        }
    }
    return text;
}

}  // namespace config
