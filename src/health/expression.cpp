#include "health/expression.hpp"

#include <fmt/format.h>
#include <re2/re2.h>
#include <re2/stringpiece.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace health {

namespace {

/// What an expression may keep, in bytes.
constexpr std::int64_t max_memory = 256LL * 1024LL;

/// How many steps the compiled form may have: in the worst case each byte of a text costs all of
/// them, 5 to 7 ns each.
constexpr int max_steps = 150;

}  // namespace

struct Expression::Compiled {
    re2::RE2 program;

    Compiled(const std::string& text, const re2::RE2::Options& options) : program(text, options) {}
};

void Expression::Free::operator()(Compiled* compiled) const {
    delete compiled;
}

std::expected<Expression, std::string> Expression::compile(const std::string& text) {
    if (text.size() > max_size) {
        return std::unexpected(fmt::format("it is longer than {} bytes", max_size));
    }
    if (text.find('\0') != std::string::npos) {
        return std::unexpected("it has a zero byte");
    }
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(max_memory);
    options.set_encoding(re2::RE2::Options::EncodingLatin1);
    options.set_never_capture(true);
    Owned compiled(new Compiled(text, options));
    const re2::RE2& program = compiled->program;
    if (!program.ok()) {
        const bool is_too_large = program.error_code() == re2::RE2::ErrorPatternTooLarge;
        return std::unexpected(is_too_large ? "it costs too much" : program.error());
    }
    if (program.ProgramSize() > max_steps) {
        return std::unexpected(fmt::format("it costs too much: {} steps for each byte, at most {}",
                                           program.ProgramSize(), max_steps));
    }
    return Expression(std::move(compiled));
}

bool Expression::matches(std::string_view text) const {
    text = text.substr(0, max_text);
    while (true) {
        const std::size_t end = text.find_first_of(std::string_view("\n\0", 2));
        // What it takes for a text is another type in each version.
        const re2::StringPiece line(text.data(), std::min(end, text.size()));
        if (re2::RE2::PartialMatch(line, compiled_->program)) {
            return true;
        }
        if (end == std::string_view::npos) {
            return false;
        }
        text.remove_prefix(end + 1);
    }
}

}  // namespace health
