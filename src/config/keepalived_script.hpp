#pragma once

#include "config/draft.hpp"
#include "config/keepalived_line.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace config {

/// Reads a block vrrp_script NAME { … }. `text` is the whole file: a script's command is split by
/// other rules than the rest of it. What it reports as wrong keeps its default.
[[nodiscard]] CheckDraft read_keepalived_script(const KeepalivedLine& line, std::string_view text,
                                                Report& report);

/// What is to be run, as a script's line says it: split as a shell would, with keepalived's escapes
/// in its first part; empty after an error.
[[nodiscard]] std::vector<std::string> read_keepalived_command(std::string_view written,
                                                               Place place, Report& report);

/// Whom scripts run as.
struct ScriptUser {
    std::string user;   ///< empty: as usual
    std::string group;  ///< empty: the user's own
};

/// "user NAME [GROUP]", as scripts and global_defs have it; empty after an error.
[[nodiscard]] ScriptUser read_user(const KeepalivedLine& line, Report& report);

}  // namespace config
