#pragma once

#include "config/keepalived_line.hpp"
#include "config/keepalived_notify.hpp"
#include "config/keepalived_script.hpp"
#include "config/placed.hpp"
#include "config/report.hpp"
#include "vrrp/advertisement.hpp"
#include "vrrp/time.hpp"

#include <optional>
#include <string>

namespace config {

/// What the blocks global_defs of a file say.
struct KeepalivedGlobals {
    ScriptUser script_user;  ///< of scripts that say none
    Place script_user_place;
    vrrp::Version version = vrrp::Version::v2;
    Placed<bool> strict{false, {}};
    std::optional<Placed<int>> down_adverts;
    bool checksum_as_v2 = false;
    vrrp::Duration start_delay{0};
    vrrp::Duration garp_interval{0};
    vrrp::Duration gna_interval{0};
    std::optional<int> realtime_priority;
    std::optional<bool> lock_memory;
    std::optional<Placed<std::string>> default_interface;
    KeepalivedFifos fifos;
    bool tells_priorities = false;
    bool tells_states_on_reload = false;
};

/// Reads a block global_defs { … }; what it says counts from then on.
void read_keepalived_globals(const KeepalivedLine& line, KeepalivedGlobals& globals,
                             Report& report);

/// "mcast_dst_ip 224.0.0.18", of an instance or for all of them: the one that is spoken to anyway.
void read_multicast_group(const KeepalivedLine& line, Report& report);

/// "interface eth0"; nullopt after an error.
[[nodiscard]] std::optional<Placed<std::string>> read_interface(const KeepalivedLine& line,
                                                                Report& report);

/// "version 2", of an instance or for all of them.
[[nodiscard]] std::optional<Placed<vrrp::Version>> read_keepalived_version(
    const KeepalivedLine& line, Report& report);

}  // namespace config
