#pragma once

#include "config/config.hpp"
#include "config/host_view.hpp"

namespace cli {

/// This host as it is now, as far as it matters to the configuration. What can't be read is left
/// out.
[[nodiscard]] config::HostView view_host(const config::Config& config);

}  // namespace cli
