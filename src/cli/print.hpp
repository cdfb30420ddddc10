#pragma once

#include <string_view>

namespace cli {

/// Writes a text to standard output, at once and as it is. If not all of it can be written (the
/// stream is closed, or its disk is full) it says so on standard error and returns false.
[[nodiscard]] bool print_out(std::string_view text);

/// Writes a text to standard error; if that fails there is nobody left to tell.
void print_error(std::string_view text);

}  // namespace cli
