#pragma once

#include "config/load.hpp"

#include <string>

namespace cli {

/// Where the daemon's API is unless it is told otherwise.
inline constexpr const char* default_socket = "/run/understudy/understudy.sock";

/// Each command: its work, and the exit code.
[[nodiscard]] int run(const std::string& config_path, const std::string& socket_path,
                      const config::LoadOptions& options);
[[nodiscard]] int check(const std::string& config_path, const std::string& host,
                        const config::LoadOptions& options);
/// Runs one check now; 0: it is good, 1: bad, 2: it could not be run.
[[nodiscard]] int probe(const std::string& config_path, const std::string& host,
                        const std::string& name, const config::LoadOptions& options);
[[nodiscard]] int status(const std::string& socket_path, bool as_json);

}  // namespace cli
