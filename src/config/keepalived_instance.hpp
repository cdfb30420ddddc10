#pragma once

#include "config/draft.hpp"
#include "config/keepalived_globals.hpp"
#include "config/keepalived_line.hpp"

namespace config {

/// Reads a block vrrp_instance NAME { … } of a file whose global_defs have been read. What it
/// reports as wrong keeps its default.
[[nodiscard]] RouterDraft read_keepalived_instance(const KeepalivedLine& line,
                                                   const KeepalivedGlobals& globals,
                                                   Report& report);

}  // namespace config
