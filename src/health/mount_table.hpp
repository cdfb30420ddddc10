#pragma once

#include "os/fd.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace health {

/// A file system and where it is mounted.
struct Mount {
    std::string point;
    std::string file_system;  ///< its kind: "ext4", "nfs4"

    friend bool operator==(const Mount&, const Mount&) = default;
};

/// Reads the text of /proc/self/mountinfo.
[[nodiscard]] std::vector<Mount> parse_mounts(std::string_view mount_info);

/// The file system of an absolute path without symbolic links; empty where none is found.
[[nodiscard]] std::string file_system_of(std::string_view path, std::span<const Mount> mounts);

/// Whether a file system of that kind may wait for another host or another process to answer, and
/// does not tell of changes that are made there.
[[nodiscard]] bool is_remote(std::string_view file_system);

/// What is mounted, as it was when it was read.
class MountTable {
public:
    /// Opens what the kernel tells of mounts, and reads it. Where there is no /proc the table is
    /// empty.
    void open();
    /// Becomes ready for EPOLLPRI when mounts change; closed where there is no /proc.
    [[nodiscard]] const os::Fd& fd() const { return fd_; }
    /// Whether mounts have changed since the kernel last said so here or at the descriptor: one
    /// change is told once.
    [[nodiscard]] bool has_changed() const;
    void read();

    [[nodiscard]] const std::vector<Mount>& mounts() const { return mounts_; }

private:
    os::Fd fd_;
    std::vector<Mount> mounts_;
};

}  // namespace health
