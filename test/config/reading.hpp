#pragma once

#include "catch2.hpp"
#include "config/load.hpp"

#include <string>
#include <string_view>

/// Reads a text that must have no error.
inline config::Config read(const std::string& path, std::string_view text,
                           std::string_view host = "lb-master") {
    const config::Loaded loaded = config::load_text(path, text, host);
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) {
        UNSCOPED_INFO(config::to_text(diagnostic));
    }
    REQUIRE(loaded.config);
    return *loaded.config;
}

/// All that is said of a text, one line each, without advice and without the lines of the text.
inline std::string messages(const std::string& path, std::string_view text,
                            std::string_view host = "lb-master") {
    const config::Loaded loaded = config::load_text(path, text, host);
    std::string result;
    for (config::Diagnostic diagnostic : loaded.diagnostics) {
        diagnostic.advice.clear();
        diagnostic.source.clear();
        result += config::to_text(diagnostic) + '\n';
    }
    return result;
}
