#pragma once

#include "config/draft.hpp"
#include "config/keepalived_line.hpp"
#include "config/report.hpp"
#include "config/values.hpp"

#include <string>
#include <vector>

namespace config {

/// Reads a block such as track_script { NAME [weight NUMBER [reverse|noreverse]] … }, whose entries
/// name checks of this kind ("vrrp_script"), and adds what it reads to `mentions`.
void read_tracks(const KeepalivedLine& line, const std::string& kind, const Range& weights,
                 std::vector<CheckMention>& mentions, Report& report);

}  // namespace config
