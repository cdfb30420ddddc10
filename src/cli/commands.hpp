#pragma once

#include <string>

namespace cli {

/// Where the daemon's API is unless it is told otherwise.
inline constexpr const char* default_socket = "/run/understudy/understudy.sock";

/// Each command: its work, and the exit code.
[[nodiscard]] int run(const std::string& config_path, const std::string& socket_path);
[[nodiscard]] int check(const std::string& config_path, const std::string& host);
/// Runs one check now; 0: it is good, 1: bad, 2: it could not be run.
[[nodiscard]] int probe(const std::string& config_path, const std::string& host,
                        const std::string& name);
/// Lets the daemon read its file again, or tell what that would change.
[[nodiscard]] int reload(const std::string& socket_path, bool is_dry_run, bool as_json);
[[nodiscard]] int status(const std::string& socket_path, bool as_json);

}  // namespace cli
