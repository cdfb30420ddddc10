#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace health {

/// The file system of an absolute path without symbolic links, by the text of
/// /proc/self/mountinfo: "ext4", "nfs4"; empty where none is found.
[[nodiscard]] std::string file_system_of(std::string_view path, std::string_view mount_info);

/// Whether a file system of that kind may wait for another host or another process to answer, and
/// does not tell of changes that are made there.
[[nodiscard]] bool is_remote(std::string_view file_system);

/// The places at which such file systems are mounted, and can be seen.
[[nodiscard]] std::vector<std::string> remote_mounts(std::string_view mount_info);

}  // namespace health
