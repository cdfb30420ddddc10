#pragma once

#include <cstdint>
#include <string_view>

namespace config {

/// The languages in which a configuration can be written.
enum class Format : std::uint8_t { toml, keepalived };

/// A name ending in .toml says TOML. Otherwise the first line that is no comment tells: a TOML file
/// begins with [ or with "key =", anything else is a keepalived.conf.
[[nodiscard]] Format format_of(std::string_view path, std::string_view text);

/// Whether the text begins with a block that only a keepalived.conf has, whatever its name says.
[[nodiscard]] bool begins_as_keepalived(std::string_view text);

}  // namespace config
