#pragma once

#include "config/draft.hpp"
#include "config/toml_document.hpp"

#include <string>
#include <string_view>

namespace config {

/// Reads the table [check.NAME]. What it reports as wrong keeps its default.
[[nodiscard]] CheckDraft read_toml_check(const std::string& name, const TomlNode& table,
                                         std::string_view host, Report& report);

}  // namespace config
