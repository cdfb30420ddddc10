#pragma once

#include "config/draft.hpp"
#include "config/keepalived_line.hpp"
#include "config/report.hpp"

namespace config {

/// Reads a block track_file NAME { … }, or vrrp_track_file, as it was called before. What it
/// reports as wrong keeps its default.
[[nodiscard]] CheckDraft read_keepalived_file(const KeepalivedLine& line, Report& report);

}  // namespace config
