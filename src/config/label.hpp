#pragma once

#include "config/config.hpp"

#include <string>

namespace config {

/// What the log calls a router: its name, and its family where the file's router has both.
[[nodiscard]] std::string label_of(const Router& router);

/// With whom it shares its fate, for people: "the other address family", "the group VG_1".
[[nodiscard]] std::string company_of(const Router& router);

}  // namespace config
