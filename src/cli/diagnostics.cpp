#include "cli/diagnostics.hpp"

#include "cli/paint.hpp"
#include "cli/print.hpp"
#include "config/secret_lines.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace cli {

namespace {

/// The text with its "error" or "warning" in colour.
std::string painted(const config::Diagnostic& diagnostic) {
    std::string text = config::to_text(diagnostic);
    const std::string_view word = config::to_text(diagnostic.severity);
    const std::size_t place = text.find(fmt::format(": {}: ", word));
    if (place != std::string::npos) {
        const Colour colour =
            diagnostic.severity == config::Severity::error ? Colour::red : Colour::yellow;
        text.replace(place + 2, word.size(), paint_error(word, colour));
    }
    return text;
}

}  // namespace

void print_diagnostics(const config::Diagnostics& diagnostics) {
    for (const config::Diagnostic& diagnostic : diagnostics) {
        print_error(painted(diagnostic) + "\n");
    }
}

void print_diagnostics(config::Diagnostics diagnostics,
                       const std::deque<config::SourceFile>& files) {
    config::show_lines(diagnostics, files);
    print_diagnostics(diagnostics);
}

}  // namespace cli
