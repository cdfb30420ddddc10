#pragma once

#include "auth/trailer_config.hpp"
#include "config/keepalived_line.hpp"
#include "config/report.hpp"

#include <optional>
#include <string>
#include <vector>

namespace config {

/// What a block auth_hmac says; its window goes by the interval where it says none.
struct KeepalivedTrailer {
    auth::TrailerConfig config;
    std::vector<std::string> references;  ///< see Router
    bool has_window = false;
    Place place;
};

/// Reads a block auth_hmac { … }. No message tells a secret.
[[nodiscard]] KeepalivedTrailer read_keepalived_trailer(const KeepalivedLine& line, Report& report);

}  // namespace config
