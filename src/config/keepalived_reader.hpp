#pragma once

#include "config/draft.hpp"

#include <string_view>

namespace config {

/// Reads a normalized keepalived.conf. Where it reports an error, the result is not to be used.
[[nodiscard]] Config read_keepalived(std::string_view text, Report& report);

}  // namespace config
