#include "engine/standing.hpp"

#include <algorithm>

namespace engine {

std::string_view to_text(Standing standing) {
    switch (standing) {
        case Standing::backup: return "BACKUP";
        case Standing::master: return "MASTER";
        case Standing::fault: return "FAULT";
        case Standing::stop: return "STOP";
        case Standing::deleted: return "DELETED";
        case Standing::unknown:
        case Standing::held: break;
    }
    return "UNKNOWN";
}

Standing common_standing(std::span<const Standing> members) {
    if (std::ranges::find(members, Standing::fault) != members.end()) {
        return Standing::fault;
    }
    const bool agree =
        !members.empty() && std::ranges::all_of(members, [&members](Standing standing) {
            return standing == members.front();
        });
    return agree && members.front() != Standing::held ? members.front() : Standing::unknown;
}

}  // namespace engine
