#pragma once

#include <expected>
#include <string>

namespace cli {

/// Asks the daemon behind a Unix socket for a path of its API. The body of its answer, or what went
/// wrong and what to do about it.
[[nodiscard]] std::expected<std::string, std::string> get(const std::string& socket_path,
                                                          const std::string& path);

}  // namespace cli
