#pragma once

#include "config/config.hpp"
#include "config/placed.hpp"
#include "config/report.hpp"

#include <optional>
#include <string>
#include <vector>

namespace config {

struct CheckDraft {
    health::CheckConfig check;
    Place place;                                  ///< of its name
    Place probe_place;                            ///< of what it runs or looks for
    Place user_place;                             ///< of the user whom it names, if it does
    std::vector<Placed<std::string>> references;  ///< the names of other checks
    std::string kind = "check";  ///< what the format calls it; names are unique within a kind
    bool is_reversed = false;    ///< for routers that don't say otherwise, see CheckMention
};

/// A router's wish to be told what a check finds.
struct CheckMention {
    std::string name;
    Place place;
    bool is_here = true;  ///< on this host; false where only another host's value names it
    std::string kind = "check";
    std::optional<int> weight;  ///< 0: fatal; nullopt: the check's own
    bool is_inverted = false;   ///< good is taken for bad
    /// What it adds to the priority is taken away instead; nullopt: as the check says.
    std::optional<bool> is_reversed;
};

struct RouterDraft {
    Router router;  ///< its checks are filled in by complete()
    Place place;    ///< of its name
    Place router_id_place;
    std::vector<Place> address_places;  ///< in the order of the addresses
    std::vector<CheckMention> checks;
};

/// A file as it was read, value by value, with the places that what follows will point at.
struct Draft {
    std::vector<CheckDraft> checks;
    std::vector<RouterDraft> routers;
    std::vector<Group> groups;
    DaemonSettings daemon;
};

/// Checks what no value can know by itself: names that refer to others, and what two routers must
/// not share. `unused_check` says how grave a check is that nobody uses. The result has the checks
/// that this host's routers use, those that these refer to, and nothing else.
[[nodiscard]] Config complete(const Draft& draft, Severity unused_check, Report& report);

}  // namespace config
