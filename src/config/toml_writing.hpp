#pragma once

#include "vrrp/time.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace config {

/// A line of a TOML file to be written: key = value.
struct TomlEntry {
    std::string key;
    std::string value;                  ///< as it stands in the file
    bool is_default = false;            ///< it says what would be so without it
    std::string shown;                  ///< the value without its secrets; empty: it has none
    std::vector<std::string> comments;  ///< the lines above it, without "#"
    std::string remark;                 ///< what stands behind it, without "#"

    friend bool operator==(const TomlEntry&, const TomlEntry&) = default;
};

/// A table of a TOML file to be written: [router.k8s-api] and its lines.
struct TomlTable {
    std::vector<std::string> path;  ///< "router", "k8s-api"
    std::vector<TomlEntry> entries;
    std::vector<std::string> comments;
    std::string remark;

    friend bool operator==(const TomlTable&, const TomlTable&) = default;
};

/// What of a file is written.
struct TomlWish {
    bool with_defaults = false;
    bool with_secrets = true;  ///< false: "…" stands for them, and the text can't be used
};

/// A file as text: the comments first, then the tables in their order.
[[nodiscard]] std::string write_toml(const std::vector<std::string>& comments,
                                     const std::vector<TomlTable>& tables, const TomlWish& wish);

/// A text in quotes, with what must be escaped.
[[nodiscard]] std::string toml_quoted(std::string_view text);
/// A key, in quotes where it needs them.
[[nodiscard]] std::string toml_key(std::string_view key);
/// A list; a long one has a line for each of its values.
[[nodiscard]] std::string toml_list(const std::vector<std::string>& values);
/// A list of texts.
[[nodiscard]] std::string toml_texts(const std::vector<std::string>& texts);
/// A duration in the largest unit that needs no decimals: "2m", "1s", "100ms".
[[nodiscard]] std::string toml_duration(vrrp::Duration duration);
[[nodiscard]] std::string toml_flag(bool flag);

}  // namespace config
