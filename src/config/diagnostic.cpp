#include "config/diagnostic.hpp"

#include "config/excerpt.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace config {

std::string_view to_text(Severity severity) {
    return severity == Severity::error ? "error" : "warning";
}

std::string to_text(const Diagnostic& diagnostic) {
    const Place place = diagnostic.place;
    std::string text = diagnostic.file;
    if (place.line != 0) {
        text += fmt::format(":{}:{}", place.line, place.column);
    }
    text += fmt::format(": {}: {}", to_text(diagnostic.severity), diagnostic.message);
    if (!diagnostic.source.empty()) {
        const Excerpt excerpt = excerpt_of(diagnostic.source, place.column);
        text += fmt::format("\n  | {}\n  | {}", excerpt.line, excerpt.mark);
    }
    if (!diagnostic.advice.empty()) {
        text += fmt::format("\n  help: {}", diagnostic.advice);
    }
    return text;
}

bool has_errors(const Diagnostics& diagnostics) {
    return std::ranges::any_of(diagnostics, [](const Diagnostic& diagnostic) {
        return diagnostic.severity == Severity::error;
    });
}

}  // namespace config
