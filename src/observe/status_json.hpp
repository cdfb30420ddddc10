#pragma once

#include "engine/snapshot.hpp"

#include <string>

namespace observe {

/// The snapshot as the JSON document of GET /v1/status; docs/api.md describes it.
[[nodiscard]] std::string status_json(const engine::Snapshot& snapshot);

}  // namespace observe
