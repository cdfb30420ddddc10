#pragma once

#include "config/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace config {

enum class Severity : std::uint8_t { error, warning };

/// Something that a reader has to say about a file: what, where, why, and what to do.
struct Diagnostic {
    Severity severity = Severity::error;
    std::string file;
    Place place;
    std::string message;  ///< what is wrong, with the accepted values
    std::string advice;   ///< what to do about it; may be empty

    friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

/// "understudy.toml:7:13: error: …" and, where there is some, the advice in a second line.
[[nodiscard]] std::string to_text(const Diagnostic& diagnostic);

using Diagnostics = std::vector<Diagnostic>;

[[nodiscard]] bool has_errors(const Diagnostics& diagnostics);

}  // namespace config
