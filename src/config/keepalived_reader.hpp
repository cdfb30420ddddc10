#pragma once

#include "config/draft.hpp"
#include "config/keepalived_source.hpp"

namespace config {

/// Reads a keepalived.conf, the first file of the report, and what it includes. Where it reports an
/// error, the result is not to be used.
[[nodiscard]] Config read_keepalived(const KeepalivedSettings& settings, Report& report);

}  // namespace config
