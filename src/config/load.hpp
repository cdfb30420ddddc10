#pragma once

#include "config/config.hpp"
#include "config/diagnostic.hpp"
#include "config/report.hpp"

#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace config {

/// For whom a file is read, and how strictly.
struct Audience {
    /// As uname -n says it; per-host values are looked up by the full name, then by the part before
    /// the first dot.
    std::string host;
    std::string config_id;  ///< of keepalived's lines with @; empty: the host up to its first dot
    /// What a keepalived.conf asks for and is not supported is left out with a warning.
    bool is_lenient = false;
};

/// What reading a file gave: the values, if it has no error, and all that is to be said of it.
struct Loaded {
    std::optional<Config> config;
    Diagnostics diagnostics;
    std::deque<SourceFile> files;  ///< as they were read
};

/// Reads a file, TOML or keepalived.conf, and those that it includes.
[[nodiscard]] Loaded load(const std::string& path, const Audience& audience);
[[nodiscard]] Loaded load(const std::string& path, std::string_view host);

/// Whether a text may have files opened that it includes.
enum class Includes : bool { refused, opened };

/// The same for a text that has been read already; `path` is for messages, for telling the format,
/// and for finding what it includes.
[[nodiscard]] Loaded load_text(const std::string& path, std::string_view text,
                               const Audience& audience, Includes includes);
[[nodiscard]] Loaded load_text(const std::string& path, std::string_view text,
                               std::string_view host);

}  // namespace config
