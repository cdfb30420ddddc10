#pragma once

#include "config/values.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace config {

/// A command line as words, the way a shell splits it: quotes of either kind, a backslash before a
/// single character; no variables, no pipes.
[[nodiscard]] Checked<std::vector<std::string>> split_command(std::string_view text);

/// The same, as keepalived reads the first part of a script's line: within double quotes and
/// outside of quotes a backslash also begins \a \b \E \f \n \r \t \v, \nnn (octal), \xHH and
/// \cC (control).
[[nodiscard]] Checked<std::vector<std::string>> split_command_with_escapes(std::string_view text);

/// The first word of a text as it is written, but for the quotes around it and within it.
[[nodiscard]] std::string first_written_word(std::string_view text);

/// Which syntax of a shell a command line has that no program understands: "|", ">", "$(…)"; empty
/// where it has none. What stands in quotes or within a word, as & in an address of the web, is
/// none.
[[nodiscard]] std::string find_shell_syntax(std::string_view text);

/// The command that runs a line by the shell.
[[nodiscard]] std::vector<std::string> shell_command(std::string line);

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
