#pragma once

#include "config/draft.hpp"

#include <string>
#include <string_view>

namespace config {

/// Reads a normalized TOML text as it is meant for a host. Where it reports an error, the result
/// is not to be used.
[[nodiscard]] Config read_toml(const std::string& text, std::string_view host, Report& report);

}  // namespace config
