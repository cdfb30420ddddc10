#include "config/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace config {

std::string to_text(const Diagnostic& diagnostic) {
    const std::string place =
        diagnostic.place.line == 0
            ? std::string()
            : fmt::format(":{}:{}", diagnostic.place.line, diagnostic.place.column);
    const std::string_view severity = diagnostic.severity == Severity::error ? "error" : "warning";
    const std::string advice =
        diagnostic.advice.empty() ? std::string() : fmt::format("\n  help: {}", diagnostic.advice);
    return fmt::format("{}{}: {}: {}{}", diagnostic.file, place, severity, diagnostic.message,
                       advice);
}

bool has_errors(const Diagnostics& diagnostics) {
    return std::ranges::any_of(diagnostics, [](const Diagnostic& diagnostic) {
        return diagnostic.severity == Severity::error;
    });
}

}  // namespace config
