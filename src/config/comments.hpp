#pragma once

#include "config/conversion.hpp"
#include "config/format.hpp"
#include "config/toml_writing.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// A comment of a file, without its sign.
struct Comment {
    std::size_t line = 0;
    bool is_behind = false;  ///< something stands in front of it on its line
    std::string text;

    friend bool operator==(const Comment&, const Comment&) = default;
};

/// The comments of a normalized text.
[[nodiscard]] std::vector<Comment> find_comments(std::string_view text, Format format);

/// The comments that belong to no table.
struct LooseComments {
    std::vector<std::string> head;
    std::vector<std::string> tail;
};

/// Puts each comment to what the line became that it stands behind, or in front of. What is there
/// already is not said again, so that the files of several hosts can be put into one.
void attach_comments(const std::vector<Comment>& comments, const std::vector<ConvertedLine>& lines,
                     std::vector<TomlTable>& tables, LooseComments& loose);

}  // namespace config
