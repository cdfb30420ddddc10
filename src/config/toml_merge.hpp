#pragma once

#include "config/toml_writing.hpp"

#include <expected>
#include <string>
#include <vector>

namespace config {

/// The tables of a file as they are meant for one host.
struct HostTables {
    std::string host;
    std::vector<TomlTable> tables;
};

/// What one file can't say of two hosts.
struct MergeConflict {
    std::vector<std::string> path;
    std::string key;         ///< empty: the table itself
    std::string host;        ///< has it
    std::string other_host;  ///< has it not

    friend bool operator==(const MergeConflict&, const MergeConflict&) = default;
};

/// The tables of one file for all hosts: a value that all have stands once, others by host. A check
/// may be one host's alone; a router, a group or a key without a default may not.
[[nodiscard]] std::expected<std::vector<TomlTable>, std::vector<MergeConflict>> merge_tables(
    const std::vector<HostTables>& hosts);

}  // namespace config
