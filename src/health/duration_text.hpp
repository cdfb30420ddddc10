#pragma once

#include "vrrp/time.hpp"

#include <string>

namespace health {

/// "1 s", "0.25 s"
[[nodiscard]] std::string to_text(vrrp::Duration duration);

/// "0.4 ms", "12.0 ms"
[[nodiscard]] std::string to_milliseconds_text(vrrp::Duration duration);

}  // namespace health
