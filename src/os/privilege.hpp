#pragma once

#include <string>
#include <vector>

namespace os {

/// Those of the capabilities that the daemon can't work without (CAP_NET_ADMIN for addresses,
/// CAP_NET_RAW for VRRP and ARP packets) which this process lacks; empty where it has all.
[[nodiscard]] std::vector<std::string> missing_capabilities();

}  // namespace os
