#pragma once

#include "config/config.hpp"

#include <cstdint>
#include <string>
#include <string_view>
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
    std::string source;   ///< the line of the file that it speaks of; empty where it is not shown

    friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

[[nodiscard]] std::string_view to_text(Severity severity);

/// "understudy.toml:7:13: error: …", then the line of the file and a mark below the column, where
/// it may be shown, and the advice, where there is some.
[[nodiscard]] std::string to_text(const Diagnostic& diagnostic);

using Diagnostics = std::vector<Diagnostic>;

[[nodiscard]] bool has_errors(const Diagnostics& diagnostics);

}  // namespace config
