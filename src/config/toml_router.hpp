#pragma once

#include "config/draft.hpp"
#include "config/toml_document.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace config {

/// Reads the table [router.NAME]: one router, or two where it has addresses of both families. What
/// it reports as wrong keeps its default.
[[nodiscard]] std::vector<RouterDraft> read_toml_router(const std::string& name,
                                                        const TomlNode& table,
                                                        std::string_view host, Report& report);

}  // namespace config
