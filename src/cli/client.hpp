#pragma once

#include <expected>
#include <string>

namespace cli {

/// Asks the daemon behind a Unix socket for a path of its API. The body of its answer, or what went
/// wrong and what to do about it.
[[nodiscard]] std::expected<std::string, std::string> get(const std::string& socket_path,
                                                          const std::string& path);

/// What the API answered.
struct Answer {
    long status = 0;  ///< of HTTP
    std::string body;
};

/// Asks it to do something. Its answer, of whichever status, or why there is none.
[[nodiscard]] std::expected<Answer, std::string> post(const std::string& socket_path,
                                                      const std::string& path);

}  // namespace cli
