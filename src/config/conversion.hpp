#pragma once

#include "config/config.hpp"
#include "config/diagnostic.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// What becomes of a line of a configuration that is converted.
enum class LineClass : std::uint8_t {
    honoured,        ///< it means the same, by a key of its own
    translated,      ///< it is done in another way
    without_effect,  ///< it changes nothing here
    unsupported,     ///< it is an error
};

[[nodiscard]] std::string_view to_text(LineClass line_class);

/// A line of a configuration, and where its meaning stands in TOML.
struct ConvertedLine {
    std::size_t line = 0;
    std::string word;  ///< its keyword or key, never a secret
    LineClass line_class = LineClass::honoured;
    std::string reason;             ///< may be empty
    std::vector<std::string> path;  ///< of the table; empty: of none
    std::string key;                ///< empty: the table itself

    friend bool operator==(const ConvertedLine&, const ConvertedLine&) = default;
};

/// The key of whatever a check looks at.
inline constexpr std::string_view probe_key = "@probe";

/// A file that is to be converted, as it is meant for one host.
struct ConversionInput {
    std::string host;
    std::string path;
    std::string text;
};

struct ConversionReport {
    std::string path;
    std::vector<ConvertedLine> lines;
};

/// What came of it: a text unless there are errors.
struct Conversion {
    std::string text;
    Diagnostics diagnostics;
    std::vector<ConversionReport> reports;  ///< of each file
};

/// What a keepalived.conf says and TOML can't; empty where it can say all.
[[nodiscard]] std::string unsayable_in_toml(const Config& config);

/// The TOML file that means the same as this one on all hosts that it names. The text is read again
/// and compared before it is given out.
[[nodiscard]] Conversion convert(const ConversionInput& input);

/// One TOML file for all of these hosts: what they have in common once, the rest by host. Beside
/// what the files say, each host learns the others' priorities.
[[nodiscard]] Conversion convert_merged(const std::vector<ConversionInput>& inputs);

}  // namespace config
