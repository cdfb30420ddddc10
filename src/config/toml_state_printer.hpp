#pragma once

#include "config/config.hpp"
#include "config/toml_writing.hpp"

#include <vector>

namespace config {

/// Adds who is told of states to the table of a router or a group. All scripts of a table run as
/// one user: that of the first.
void describe_state_scripts(const StateScripts& scripts, std::vector<TomlEntry>& entries);

/// Adds who is told of all states to the table of the daemon: the first FIFO that there is.
void describe_state_fifos(const DaemonSettings& daemon, std::vector<TomlEntry>& entries);

}  // namespace config
