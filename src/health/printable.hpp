#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace health {

/// The beginning of a foreign text as one line for people and logs: line ends and tabs as blanks,
/// other control characters and what is no ASCII as question marks, an ellipsis where it is longer
/// than `longest`.
[[nodiscard]] std::string printable(std::string_view text, std::size_t longest);

}  // namespace health
