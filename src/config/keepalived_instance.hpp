#pragma once

#include "config/draft.hpp"
#include "config/keepalived_globals.hpp"
#include "config/keepalived_line.hpp"

#include <optional>
#include <string>
#include <vector>

namespace config {

/// An entry of track_script: a script, and the weight that it has here if it says one.
struct TrackedScript {
    std::string name;
    Place place;
    std::optional<int> weight;
};

struct KeepalivedInstance {
    RouterDraft router;
    std::vector<TrackedScript> scripts;
    std::optional<Place> mail_place;  ///< of a keyword that asks for mail
};

/// Reads a block vrrp_instance NAME { … } of a file whose global_defs have been read. What it
/// reports as wrong keeps its default.
[[nodiscard]] KeepalivedInstance read_keepalived_instance(const KeepalivedLine& line,
                                                          const KeepalivedGlobals& globals,
                                                          Report& report);

}  // namespace config
