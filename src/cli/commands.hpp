#pragma once

#include <string>

namespace cli {

/// Where the daemon's API is unless it is told otherwise.
inline constexpr const char* default_socket = "/run/understudy/understudy.sock";

/// Each command: its work, and the exit code.
[[nodiscard]] int run(const std::string& config_path, const std::string& socket_path);
[[nodiscard]] int check(const std::string& config_path, const std::string& host);
/// Prints the configuration as it is for a host, with its defaults; secrets only if asked to.
[[nodiscard]] int print_config(const std::string& config_path, const std::string& host,
                               bool with_secrets);
/// Runs one check now; 0: it is good, 1: bad, 2: it could not be run.
[[nodiscard]] int probe(const std::string& config_path, const std::string& host,
                        const std::string& name);
[[nodiscard]] int status(const std::string& socket_path, bool as_json);

}  // namespace cli
