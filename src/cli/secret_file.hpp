#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace cli {

/// Writes a file that may hold secrets: its owner can read and write it, its group read it, others
/// nothing. It is there as a whole or not at all; one that is there already stays unless it may be
/// replaced. The error says why nothing was written.
[[nodiscard]] std::expected<void, std::string> write_secret_file(const std::string& path,
                                                                 std::string_view text,
                                                                 bool may_replace);

}  // namespace cli
