#pragma once

#include "config/config.hpp"
#include "config/keepalived_line.hpp"
#include "config/keepalived_script.hpp"
#include "config/report.hpp"

#include <optional>
#include <vector>

namespace config {

/// Reads a line notify… "COMMAND" [USER [GROUP]] of an instance or a group, by its keyword.
void read_keepalived_notify(const KeepalivedLine& line, StateScripts& scripts, Report& report);

/// Scripts that name no user run as this one.
void apply_script_user(const ScriptUser& user, Place place, StateScripts& scripts);

/// The FIFOs that global_defs names: for all that keepalived is, and for its VRRP alone. Both get
/// the same lines here.
struct KeepalivedFifos {
    StateFifo all;
    StateFifo vrrp;
    std::optional<Place> all_reader_place;
    std::optional<Place> vrrp_reader_place;
};

/// Reads a line [vrrp_]notify_fifo PATH [USER [GROUP]] or [vrrp_]notify_fifo_script "COMMAND" [USER
/// [GROUP]].
void read_keepalived_fifo(const KeepalivedLine& line, KeepalivedFifos& fifos, Report& report);

/// Those that have a path; a script without one is told. Scripts that name no user run as `user`.
[[nodiscard]] std::vector<StateFifo> settle_keepalived_fifos(KeepalivedFifos fifos,
                                                             const ScriptUser& user,
                                                             Report& report);

}  // namespace config
