#pragma once

#include "health/mount_table.hpp"

#include <string>

namespace health {

/// Knows which files can be read without waiting for another host or another process. Keeps what is
/// mounted, and reads it again when that changes.
class LocalFiles {
public:
    /// Why a file is not to be opened: "is no regular file", "is on nfs4, which could hold the
    /// daemon up". Empty: it may be, or is not there, which opening it tells at once.
    [[nodiscard]] std::string complaint_of(const std::string& path);

private:
    void look_at_mounts();
    [[nodiscard]] std::string remote_at(const std::string& place) const;

    MountTable mounts_;
};

}  // namespace health
