#pragma once

#include "config/config.hpp"

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace config {

/// The longest file that is read, in bytes: room for ten thousand routers.
inline constexpr std::size_t max_text_size = 4096UL * 1024UL;

/// What makes a text unreadable, and where.
struct TextError {
    Place place;
    std::string message;
};

/// The text in the one form that both readers expect: UTF-8 without byte order mark, lines ending
/// in LF, no control characters besides the tab. Lines and columns stay what they were.
[[nodiscard]] std::expected<std::string, TextError> normalize(std::string_view text);

/// The place of the byte at `offset`: columns count characters, as editors do.
[[nodiscard]] Place place_at(std::string_view text, std::size_t offset);

/// The text with a question mark for each control character: one line, and no orders to a terminal.
[[nodiscard]] std::string printable(std::string_view text);

/// A user's text as messages show it: in double quotes, shortened, without control characters, and
/// of several lines the first.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace config
