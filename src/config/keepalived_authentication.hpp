#pragma once

#include "config/keepalived_line.hpp"
#include "config/report.hpp"
#include "vrrp/advertisement.hpp"

#include <optional>

namespace config {

/// What a block authentication says.
struct KeepalivedAuthentication {
    std::optional<vrrp::Password> password;
    bool is_header = false;  ///< AH: the password is the key of an authentication header

    friend bool operator==(const KeepalivedAuthentication&,
                           const KeepalivedAuthentication&) = default;
};

/// Reads a block authentication { … }. No message tells the password.
[[nodiscard]] KeepalivedAuthentication read_authentication(const KeepalivedLine& line,
                                                           Report& report);

}  // namespace config
