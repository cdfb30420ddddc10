#pragma once

#include "config/config.hpp"
#include "config/toml_writing.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// The tables [router.NAME] and [router.NAME.hmac] that read as these parts: one, or one for each
/// family, IPv4 first. `weights` are those that the checks have themselves, by name.
[[nodiscard]] std::vector<TomlTable> describe_router(
    std::span<const Router> parts, const std::map<std::string, std::optional<int>>& weights,
    std::string_view host);

}  // namespace config
