#pragma once

#include "config/draft.hpp"
#include "config/keepalived_line.hpp"
#include "config/placed.hpp"
#include "config/report.hpp"

#include <optional>
#include <string>
#include <vector>

namespace config {

/// A block vrrp_sync_group NAME { group { … } }.
struct KeepalivedGroup {
    std::string name;  ///< empty after an error
    Place place;
    std::vector<Placed<std::string>> members;
    std::vector<CheckMention> checks;    ///< of all members
    bool has_member_weights = false;     ///< what members track themselves may have weights
    StateScripts scripts;                ///< of the group as a whole
    std::optional<bool> tells_priority;  ///< of all members
};

[[nodiscard]] KeepalivedGroup read_keepalived_group(const KeepalivedLine& line, Report& report);

/// Makes the members of each group share their fate, and gives them the checks of their group out
/// of `checks`, those of the file. A member that is no instance, or is in two
/// groups, is reported.
void apply_keepalived_groups(const std::vector<KeepalivedGroup>& groups,
                             const std::vector<CheckDraft>& checks,
                             std::vector<RouterDraft>& routers, Report& report);

}  // namespace config
