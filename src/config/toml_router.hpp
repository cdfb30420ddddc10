#pragma once

#include "config/draft.hpp"
#include "config/toml_document.hpp"

#include <string>
#include <string_view>

namespace config {

/// Reads the table [router.NAME]. What it reports as wrong keeps its default.
[[nodiscard]] RouterDraft read_toml_router(const std::string& name, const TomlNode& table,
                                           std::string_view host, Report& report);

}  // namespace config
