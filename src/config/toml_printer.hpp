#pragma once

#include "config/config.hpp"
#include "config/toml_writing.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace config {

/// The tables that read as this configuration of this host, in the one order: the daemon, the
/// checks, the routers, the groups. Every key is there that has a meaning, also those that say what
/// would be so without them.
[[nodiscard]] std::vector<TomlTable> describe(const Config& config, std::string_view host);

/// The same as the text of a file.
[[nodiscard]] std::string print_toml(const Config& config, std::string_view host,
                                     const TomlWish& wish);

}  // namespace config
