#pragma once

#include "config/load.hpp"

#include <string>

namespace cli {

/// Where the daemon's API is unless it is told otherwise.
inline constexpr const char* default_socket = "/run/understudy/understudy.sock";

/// Each command: its work, and the exit code.
[[nodiscard]] int run(const std::string& config_path, const config::Audience& audience,
                      const std::string& socket_path);

/// What is checked, and how it is told.
struct CheckRequest {
    std::string config_path;
    config::Audience audience;
    bool is_strict = false;  ///< warnings count too
    bool as_json = false;
};

/// 0: the configuration is good; 1: it has errors; 2: it has warnings, and these count.
[[nodiscard]] int check(const CheckRequest& request);
/// Prints the configuration as it is for a host, with its defaults; secrets only if asked to.
[[nodiscard]] int print_config(const std::string& config_path, const config::Audience& audience,
                               bool with_secrets);
/// Runs one check now; 0: it is good, 1: bad, 2: it could not be run.
[[nodiscard]] int probe(const CheckRequest& request, const std::string& name);
/// Lets the daemon read its file again, or tell what that would change.
[[nodiscard]] int reload(const std::string& socket_path, bool is_dry_run, bool as_json);
[[nodiscard]] int status(const std::string& socket_path, bool as_json);

}  // namespace cli
