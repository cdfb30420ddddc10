#pragma once

#include "config/router_reading.hpp"
#include "config/toml_section.hpp"

#include <string_view>

namespace config {

/// Reads the table [router.NAME.hmac], if it is there; after the interval, which its window goes
/// by. No message tells a secret.
void read_toml_trailer(TomlSection& router, std::string_view host, RouterReading& reading,
                       Report& report);

}  // namespace config
