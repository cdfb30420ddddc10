#pragma once

#include "os/command.hpp"

#include <string>
#include <vector>

namespace health {

/// What every script sees of the environment: where programs are, a language, the host's name.
[[nodiscard]] std::vector<std::string> script_environment();

/// Whom a script runs as that names this user, or none.
[[nodiscard]] std::vector<std::string> script_users(const std::string& user);

/// How a program ended, for people: "exit status 1", "killed by signal 9 (Killed)".
[[nodiscard]] std::string describe(const os::ExitStatus& status);

/// The same with the last line of what the program wrote, where there is one.
[[nodiscard]] std::string with_output(std::string detail, const std::string& output);

}  // namespace health
