#pragma once

#include "config/report.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// A part of a line, and where it stands: each character in a column of its own, or, as what came
/// out of a definition, all of it in one place.
struct PlacedText {
    std::string_view text;
    Place place;
    bool is_fixed = false;

    [[nodiscard]] PlacedText first(std::size_t size) const;
    [[nodiscard]] PlacedText from(std::size_t offset) const;
    /// Without the blanks at either end.
    [[nodiscard]] PlacedText trimmed() const;
};

/// From here on the places of a text go on otherwise than its characters do.
struct SourcePiece {
    std::size_t offset = 0;
    Place place;
    bool is_fixed = false;
};

/// A keepalived.conf as its keywords are read: files included, definitions replaced, lines for
/// other hosts and comments left out.
struct KeepalivedSource {
    std::string text;
    std::vector<SourcePiece> pieces;

    void append(const PlacedText& part);
    void end_line(const PlacedText& line);

private:
    Place next_{1, 1};  ///< of what is appended without a piece
    bool is_fixed_ = false;
};

/// For whom and how a keepalived.conf is read.
struct KeepalivedSettings {
    std::string config_id;     ///< which lines with @ count
    bool opens_files = false;  ///< false: an include is an error
    std::uint32_t seed = 1;    ///< of ${_RANDOM}
};

/// Reads the first file of the report, and those that it includes. What is too large, or would
/// become so, is an error.
[[nodiscard]] KeepalivedSource read_source(const KeepalivedSettings& settings, Report& report);

}  // namespace config
