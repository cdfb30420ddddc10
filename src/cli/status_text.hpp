#pragma once

#include <expected>
#include <string>

namespace cli {

/// What the daemon's API answered to /v1/status, as text for an operator; or why it makes no sense.
[[nodiscard]] std::expected<std::string, std::string> status_text(const std::string& body);

}  // namespace cli
