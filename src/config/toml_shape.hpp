#pragma once

#include "config/report.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace config {

/// A mistake in the outer form of a TOML text.
struct ShapeError {
    std::size_t offset = 0;  ///< in bytes from the start of the text
    Complaint complaint;
};

/// The first place where a normalized text does not have the shape of TOML: lines, keys, brackets,
/// quotes, words. It tells the usual mistakes exactly, and bounds the nesting, so that no text
/// exhausts the stack; what it lets pass is for parse_toml to judge.
[[nodiscard]] std::optional<ShapeError> find_shape_error(std::string_view text);

}  // namespace config
