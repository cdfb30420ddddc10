#include "health/expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <system_error>
#include <utility>

namespace health {

namespace {

constexpr int max_repetitions = 1000;

/// The largest number in the braces that begin at `rest`: 1 where they say none.
int bound_in(std::string_view rest) {
    int largest = 1;
    for (std::size_t at = 1; at < rest.size() && rest[at] != '}';) {
        int number = 0;
        const auto [end, error] =
            std::from_chars(rest.data() + at, rest.data() + rest.size(), number);
        if (error == std::errc::result_out_of_range) {
            return max_repetitions + 1;
        }
        largest = std::max(largest, error == std::errc() ? number : 1);
        at = error == std::errc() ? static_cast<std::size_t>(end - rest.data()) : at + 1;
    }
    return largest;
}

/// Where the bracket expression that begins at `at` ends; the text's end where it does not.
std::size_t end_of_brackets(std::string_view text, std::size_t at) {
    ++at;
    at += at < text.size() && text[at] == '^' ? 1 : 0;
    // A closing bracket that comes first is one of the characters.
    at += at < text.size() && text[at] == ']' ? 1 : 0;
    while (at < text.size() && text[at] != ']') {
        const char kind = text[at] == '[' && at + 1 < text.size() ? text[at + 1] : '\0';
        const bool is_class = kind == ':' || kind == '.' || kind == '=';
        const std::size_t end =
            is_class ? text.find(std::string{kind, ']'}, at + 2) : std::string_view::npos;
        at = end == std::string_view::npos ? at + 1 : end + 2;
    }
    return at;
}

/// Why the expression is refused whatever the C library says of it; empty: it is not. One could
/// cost too much: the compiled form has a copy of what stands before braces for each repetition,
/// and nested ones multiply.
std::string complaint_of(std::string_view text) {
    if (text.size() > Expression::max_size) {
        return fmt::format("it is longer than {} bytes", Expression::max_size);
    }
    if (text.find('\0') != std::string_view::npos) {
        return "it has a zero byte";
    }
    int depth = 0;
    int repetitions = 1;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) {
            ++at;
            if (std::isdigit(static_cast<unsigned char>(text[at])) != 0) {
                return "it has a back-reference";
            }
        } else if (text[at] == '[') {
            at = end_of_brackets(text, at);
        } else if (text[at] == '{') {
            const int bound = bound_in(text.substr(at));
            if (bound > max_repetitions / repetitions) {
                return fmt::format("it has repetitions of more than {} in all", max_repetitions);
            }
            repetitions *= bound;
        } else if (text[at] == '(') {
            ++depth;
        } else if (text[at] == ')' && --depth < 0) {
            return "it has a closing parenthesis without an opening one";
        }
    }
    return "";
}

}  // namespace

void Expression::Free::operator()(regex_t* compiled) const {
    regfree(compiled);
    delete compiled;
}

std::expected<Expression, std::string> Expression::compile(const std::string& text) {
    if (auto complaint = complaint_of(text); !complaint.empty()) {
        return std::unexpected(std::move(complaint));
    }
    if (const auto alone = compile_as_it_is(text); !alone) {
        return std::unexpected(alone.error());
    }
    // Anchored, so that the C library does not begin anew at each byte of a line.
    auto compiled = compile_as_it_is(fmt::format("^.*({})", text));
    if (!compiled) {
        return std::unexpected(std::move(compiled.error()));
    }
    return Expression(std::move(*compiled));
}

std::expected<Expression::Compiled, std::string> Expression::compile_as_it_is(
    const std::string& text) {
    auto compiled = std::make_unique<regex_t>();
    const int code = regcomp(compiled.get(), text.c_str(), REG_EXTENDED | REG_NOSUB);
    if (code != 0) {
        std::array<char, 128> reason{};
        regerror(code, compiled.get(), reason.data(), reason.size());
        return std::unexpected(std::string(reason.data()));
    }
    return Compiled(compiled.release());
}

bool Expression::matches(std::string_view text) const {
    while (true) {
        // No '.' of the C library matches a zero byte.
        const std::size_t end = text.find_first_of(std::string_view("\n\0", 2));
        if (matches_line(text.substr(0, end))) {
            return true;
        }
        if (end == std::string_view::npos) {
            return false;
        }
        text.remove_prefix(end + 1);
    }
}

bool Expression::matches_line(std::string_view line) const {
    regmatch_t range{.rm_so = 0, .rm_eo = static_cast<regoff_t>(line.size())};
    return regexec(compiled_.get(), line.empty() ? "" : line.data(), 1, &range, REG_STARTEND) == 0;
}

}  // namespace health
