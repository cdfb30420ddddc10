#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cli {

enum class Colour : std::uint8_t { bold, red, green, yellow, cyan };

/// The text in that colour, where standard output is a terminal and NO_COLOR is not set; else as it
/// is.
[[nodiscard]] std::string paint(std::string_view text, Colour colour);

/// The same for standard error.
[[nodiscard]] std::string paint_error(std::string_view text, Colour colour);

}  // namespace cli
