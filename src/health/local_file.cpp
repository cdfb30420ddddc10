#include "health/local_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "os/path_walk.hpp"

namespace health {

void LocalFiles::look_at_mounts() {
    const bool is_first_time = !mounts_.fd().is_open();
    if (is_first_time) {
        mounts_.open();
    } else if (mounts_.has_changed()) {
        mounts_.read();
    }
}

/// The kind of a remote file system that is mounted here; empty where there is none.
std::string LocalFiles::remote_at(const std::string& place) const {
    const bool is_mounted =
        std::ranges::find(mounts_.mounts(), place, &Mount::point) != mounts_.mounts().end();
    const std::string kind = is_mounted ? file_system_of(place, mounts_.mounts()) : "";
    return is_remote(kind) ? kind : "";
}

/// Each part of the way is looked at only once it is known to be of this host. With a root that is
/// remote the whole host waits for it, and the file is the least of it.
std::string LocalFiles::complaint_of(const std::string& path) {
    look_at_mounts();
    os::PathWalk walk(path);
    while (walk.next()) {
        if (const std::string kind = remote_at(walk.place()); !kind.empty()) {
            return fmt::format("is on {}, which could hold the daemon up", kind);
        }
        const auto status = walk.pass();
        if (!status) {
            return "";
        }
        if (walk.has_arrived() && S_ISREG(status->st_mode)) {
            return "";
        }
    }
    return "is no regular file";
}

}  // namespace health
