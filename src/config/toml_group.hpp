#pragma once

#include "config/draft.hpp"
#include "config/placed.hpp"
#include "config/report.hpp"
#include "config/toml_document.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace config {

/// A table [group.NAME]: routers that share their fate.
struct TomlGroup {
    std::string name;
    Place place;
    std::vector<Placed<std::string>> routers;
    StateScripts scripts;  ///< of the group as a whole
};

[[nodiscard]] TomlGroup read_toml_group(const std::string& name, const TomlNode& table,
                                        std::string_view host, Report& report);

/// Makes the routers of each group share their fate. One that is not defined, or stands in two
/// groups, is reported.
void apply_toml_groups(const std::vector<TomlGroup>& groups, std::vector<RouterDraft>& routers,
                       Report& report);

}  // namespace config
