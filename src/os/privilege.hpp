#pragma once

#include <string>
#include <vector>

namespace os {

/// Those of the capabilities that the daemon can't work without (CAP_NET_ADMIN for addresses,
/// CAP_NET_RAW for VRRP and ARP packets) which this process lacks; empty where it has all.
[[nodiscard]] std::vector<std::string> missing_capabilities();

/// Whether this process may use the capability of that number, as CAP_IPC_LOCK.
[[nodiscard]] bool has_capability(unsigned number);

}  // namespace os
