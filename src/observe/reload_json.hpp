#pragma once

#include "engine/reload_outcome.hpp"

#include <string>

namespace observe {

/// The answer of POST /v1/reload.
[[nodiscard]] std::string reload_json(const engine::ReloadOutcome& outcome);

}  // namespace observe
