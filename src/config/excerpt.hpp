#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace config {

/// A line of a file, and what stands below it to point at a column: as many blanks, and a ^.
struct Excerpt {
    std::string line;
    std::string mark;

    friend bool operator==(const Excerpt&, const Excerpt&) = default;
};

/// A line as it is shown: of a long one what is around the column, without control characters, and
/// with its tabs, which the mark has too. Columns are characters, counted from 1.
[[nodiscard]] Excerpt excerpt_of(std::string_view line, std::size_t column);

}  // namespace config
