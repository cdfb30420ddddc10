#pragma once

#include "config/config.hpp"
#include "config/report.hpp"

#include <string>
#include <vector>

namespace config {

struct CheckDraft {
    health::CheckConfig check;
    Place place;        ///< of its name
    Place probe_place;  ///< of what it runs or looks for
    Place user_place;   ///< of the user whom it names, if it does
};

/// A router's wish to be told what a check finds.
struct CheckUse {
    std::string name;
    Place place;
    bool is_here = true;  ///< on this host; false where only another host's value names it
};

struct RouterDraft {
    Router router;  ///< its checks are filled in by complete()
    Place place;    ///< of its name
    Place router_id_place;
    std::vector<Place> address_places;  ///< in the order of the addresses
    std::vector<CheckUse> checks;
};

/// A file as it was read, value by value, with the places that what follows will point at.
struct Draft {
    std::vector<CheckDraft> checks;
    std::vector<RouterDraft> routers;
    DaemonSettings daemon;
};

/// What stands for a check in this format, and how grave a check is that nobody uses.
struct Dialect {
    std::string check_word;  ///< "check"
    Severity unused_check = Severity::error;
};

/// Checks what no value can know by itself: names that refer to others, and what two routers must
/// not share. The result has the checks that this host's routers use, and nothing else.
[[nodiscard]] Config complete(const Draft& draft, const Dialect& dialect, Report& report);

}  // namespace config
