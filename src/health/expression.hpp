#pragma once

#include <regex.h>

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace health {

/// A POSIX extended regular expression. A line of the text, which also a zero byte ends, is matched
/// for itself: '^' and '$' are the line's. The time is linear in the length of the text.
class Expression {
public:
    /// The longest expression, in bytes.
    static constexpr std::size_t max_size = 512;
    /// Says what is wrong with an expression, or that it would cost too much: back-references, and
    /// repetitions of more than 1000 in all.
    [[nodiscard]] static std::expected<Expression, std::string> compile(const std::string& text);

    /// Whether any line has a part that matches.
    [[nodiscard]] bool matches(std::string_view text) const;

private:
    struct Free {
        void operator()(regex_t* compiled) const;
    };
    using Compiled = std::unique_ptr<regex_t, Free>;

    [[nodiscard]] static std::expected<Compiled, std::string> compile_as_it_is(
        const std::string& text);
    explicit Expression(Compiled compiled) : compiled_(std::move(compiled)) {}

    [[nodiscard]] bool matches_line(std::string_view line) const;

    Compiled compiled_;
};

}  // namespace health
