#pragma once

#include <string>
#include <vector>

namespace cli {

/// What the command line of convert says.
struct ConvertWish {
    std::vector<std::string> files;  ///< "lb-master.conf", or "lb-master=/path"
    std::string host;                ///< for a single file that is not told by its name
    bool is_merge = false;
    std::string output;  ///< empty: standard output
    bool may_replace = false;
    bool is_quiet = false;
};

/// Prints the TOML that means the same, and on standard error what became of each line.
[[nodiscard]] int convert(const ConvertWish& wish);

}  // namespace cli
