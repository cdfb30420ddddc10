#pragma once

#include "config/config.hpp"
#include "config/report.hpp"

#include <cstddef>
#include <deque>
#include <string_view>
#include <vector>

namespace config {

/// Whether a text has a word of those that passwords and keys go by, in letters of either case.
[[nodiscard]] bool has_secret_word(std::string_view text);

/// Whether a line of a keepalived.conf begins with a keyword that a secret may follow.
[[nodiscard]] bool gives_secret(std::string_view line);

/// Which lines of a configuration may hold a password or a key, or a part of one: those are never
/// shown. It goes by words and brackets, not by what the lines mean, so that a mistake in them
/// shows nothing: rather a line too many than one too few.
class SecretLines {
public:
    explicit SecretLines(const std::deque<SourceFile>& files);

    [[nodiscard]] bool has(Place place) const;

private:
    std::vector<std::vector<bool>> files_;
};

/// Gives each diagnostic the line of the file that it speaks of, where that holds no secret.
void show_lines(Diagnostics& diagnostics, const std::deque<SourceFile>& files);

}  // namespace config
