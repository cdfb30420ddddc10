#pragma once

#include "config/conversion.hpp"
#include "config/diagnostic.hpp"

#include <string_view>
#include <vector>

namespace config {

/// The lines of a normalized keepalived.conf, and what each becomes. What was said of the file when
/// it was read tells which are in error, and which have no effect.
[[nodiscard]] std::vector<ConvertedLine> find_keepalived_lines(std::string_view text,
                                                               const Diagnostics& diagnostics);

}  // namespace config
