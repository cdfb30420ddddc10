#pragma once

#include "config/conversion.hpp"
#include "config/diagnostic.hpp"

#include <string_view>
#include <vector>

namespace config {

/// The lines of a normalized keepalived.conf, and what each becomes for a host. What was said of
/// the file when it was read tells which are in error, and which have no effect. A line for other
/// hosts is told by its condition: "@lb-backup".
[[nodiscard]] std::vector<ConvertedLine> find_keepalived_lines(std::string_view text,
                                                               const Diagnostics& diagnostics,
                                                               std::string_view host);

}  // namespace config
