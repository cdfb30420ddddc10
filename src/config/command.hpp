#pragma once

#include "config/values.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace config {

/// A command line as words, the way a shell splits it: quotes of either kind, a backslash before a
/// single character; no variables, no pipes.
[[nodiscard]] Checked<std::vector<std::string>> split_command(std::string_view text);

/// What is to be run, and a warning if the program was not found; the path is then that in the
/// first of the directories, so that executing it fails, and says why.
struct Program {
    std::vector<std::string> command;
    Complaint warning;
};

/// The program's absolute path: a name without a slash is looked up in the directories where
/// programs are. A relative path is refused: the daemon's working directory is nobody's business.
[[nodiscard]] Checked<Program> find_program(std::vector<std::string> command);

}  // namespace config
