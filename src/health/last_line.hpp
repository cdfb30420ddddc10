#pragma once

#include <string>
#include <string_view>

namespace health {

/// The last line of a program's output that is not blank, safe to be shown and stored anywhere:
/// valid UTF-8 without control characters (each is replaced by "?"), at most 200 bytes of its end.
[[nodiscard]] std::string last_line(std::string_view output);

}  // namespace health
