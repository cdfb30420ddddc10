#pragma once

#include "config/config.hpp"
#include "config/diagnostic.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace config {

/// What reading a file gave: the values, if it has no error, and all that is to be said of it.
struct Loaded {
    std::optional<Config> config;
    Diagnostics diagnostics;
};

/// How a file is to be read.
struct LoadOptions {
    /// What a keepalived.conf asks for and is not supported is left out with a warning.
    bool is_lenient = false;
};

/// Reads a file, TOML or keepalived.conf, for the host of this name (uname -n; per-host values are
/// looked up by the full name, then by the part before the first dot).
[[nodiscard]] Loaded load(const std::string& path, std::string_view host,
                          const LoadOptions& options = {});

/// The same for a text that has been read already; `path` is for messages and for telling the
/// format.
[[nodiscard]] Loaded load_text(const std::string& path, std::string_view text,
                               std::string_view host, const LoadOptions& options = {});

}  // namespace config
