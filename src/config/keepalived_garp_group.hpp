#pragma once

#include "config/keepalived_line.hpp"
#include "config/report.hpp"
#include "vrrp/time.hpp"

namespace config {

/// Reads a block garp_group { … }: how long to wait between two announcements on its interfaces,
/// the longer of what it says for ARP and for neighbour discovery.
[[nodiscard]] vrrp::Duration read_keepalived_garp_group(const KeepalivedLine& line, Report& report);

}  // namespace config
