#pragma once

#include "config/draft.hpp"
#include "config/keepalived_line.hpp"
#include "config/report.hpp"

namespace config {

/// Reads a block vrrp_track_process NAME { … }. What it reports as wrong keeps its default.
[[nodiscard]] CheckDraft read_keepalived_process(const KeepalivedLine& line, Report& report);

}  // namespace config
