#pragma once

#include "config/config.hpp"

namespace config {

/// Whether two configurations of a host mean the same, wherever their values stand in their files.
[[nodiscard]] bool means_same(const Router& left, const Router& right);
[[nodiscard]] bool means_same(const Config& left, const Config& right);

}  // namespace config
