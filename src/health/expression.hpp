#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace health {

/// A regular expression in the syntax of RE2, over bytes. A line of the text, which also a zero
/// byte ends, is matched for itself: '^' and '$' are the line's. The time is linear in the length
/// of the text, at most about 20 ms and mostly a hundredth of that, and the memory is bounded.
class Expression {
public:
    /// The longest expression, in bytes.
    static constexpr std::size_t max_size = 512;
    /// How much of a text is matched, in bytes.
    static constexpr std::size_t max_text = 16UL * 1024UL;

    /// Says what is wrong with an expression, or that it would cost too much.
    [[nodiscard]] static std::expected<Expression, std::string> compile(const std::string& text);

    /// Whether any line has a part that matches.
    [[nodiscard]] bool matches(std::string_view text) const;

private:
    struct Compiled;
    struct Free {
        void operator()(Compiled* compiled) const;
    };
    using Owned = std::unique_ptr<Compiled, Free>;

    explicit Expression(Owned compiled) : compiled_(std::move(compiled)) {}

    Owned compiled_;
};

}  // namespace health
