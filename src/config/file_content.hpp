#pragma once

#include <cstddef>
#include <expected>
#include <string>

namespace config {

/// The content of a file, and whether users other than its owner and group may read it.
struct FileContent {
    std::string text;
    bool is_public = false;
};

/// Reads a regular file, at most `longest` bytes and one more, which shows that there are more. The
/// error says why it can't be read.
[[nodiscard]] std::expected<FileContent, std::string> load_content(const std::string& path,
                                                                   std::size_t longest);

}  // namespace config
