#pragma once

#include "config/diagnostic.hpp"

#include <string>
#include <vector>

namespace engine {

/// What became of a request to read the configuration again.
struct ReloadOutcome {
    bool is_dry_run = false;           ///< it was only asked what would change
    std::vector<std::string> changes;  ///< for people; empty: none
    config::Diagnostics diagnostics;   ///< of the file
    std::string error;                 ///< why nothing was changed; empty: it went well

    [[nodiscard]] bool is_good() const { return error.empty(); }
};

}  // namespace engine
