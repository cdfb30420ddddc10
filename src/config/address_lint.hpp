#pragma once

#include "config/config.hpp"
#include "config/diagnostic.hpp"
#include "config/host_view.hpp"

#include <string>

namespace config {

/// Warns of addresses that can't be reached: on a link that is in none of their networks, on two
/// links, or with accept off where programs wait for clients at them.
[[nodiscard]] Diagnostics lint_addresses(const Config& config, const std::string& file,
                                         const HostView& host);

}  // namespace config
