#pragma once

#include "config/config.hpp"
#include "config/draft.hpp"
#include "config/report.hpp"

namespace config {

/// Gives the routers of `config`, which are those of the draft in the same order, the checks that
/// they mention, and `config` those checks and the ones that these refer to, which come first. Says
/// which names lead nowhere, which checks refer to each other in a circle, and which nobody uses.
void resolve_checks(const Draft& draft, Severity unused_check, Config& config, Report& report);

}  // namespace config
