#include "health/local_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstddef>

namespace health {

namespace {

/// As many as the kernel follows.
constexpr int most_symbolic_links = 40;

/// Takes the first part of a path from it.
std::string take_first(std::string& path) {
    const std::size_t end = std::min(path.find('/'), path.size());
    std::string first = path.substr(0, end);
    path.erase(0, end + 1);
    return first;
}

std::string read_link(const std::string& path) {
    std::string target(PATH_MAX, '\0');
    const ssize_t size = readlink(path.c_str(), target.data(), target.size());
    target.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    return target;
}

}  // namespace

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
    std::string folder;
    std::string ahead = path;
    int links = 0;
    while (!ahead.empty()) {
        const std::string name = take_first(ahead);
        if (name.empty() || name == "." || name == "..") {
            folder = name == ".." ? folder.substr(0, folder.rfind('/')) : folder;
            continue;
        }
        const std::string place = fmt::format("{}/{}", folder, name);
        if (const std::string kind = remote_at(place); !kind.empty()) {
            return fmt::format("is on {}, which could hold the daemon up", kind);
        }
        struct stat status{};
        if (lstat(place.c_str(), &status) < 0) {
            return "";
        }
        if (S_ISLNK(status.st_mode)) {
            if (++links > most_symbolic_links) {
                return "";
            }
            const std::string target = read_link(place);
            folder = target.starts_with('/') ? "" : folder;
            ahead = fmt::format("{}/{}", target, ahead);
        } else if (S_ISDIR(status.st_mode)) {
            folder = place;
        } else {
            return S_ISREG(status.st_mode) ? "" : "is no regular file";
        }
    }
    return "is no regular file";
}

}  // namespace health
