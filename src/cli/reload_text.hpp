#pragma once

#include <expected>
#include <string>

namespace cli {

/// What the answer of POST /v1/reload says to people.
struct ReloadText {
    bool is_good = false;
    std::string output;    ///< each change, and how many there are
    std::string messages;  ///< what is to be said of the file, and why nothing was changed
};

/// The answer's body as text; what is wrong with it where it makes no sense.
[[nodiscard]] std::expected<ReloadText, std::string> reload_text(const std::string& body);

}  // namespace cli
