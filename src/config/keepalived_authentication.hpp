#pragma once

#include "config/keepalived_line.hpp"
#include "config/report.hpp"
#include "vrrp/advertisement.hpp"

#include <optional>

namespace config {

/// Reads a block authentication { … }: the password, or none. No message tells what it is.
[[nodiscard]] std::optional<vrrp::Password> read_authentication(const KeepalivedLine& line,
                                                                Report& report);

}  // namespace config
