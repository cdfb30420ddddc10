#include "health/local_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstddef>

#include "health/mount_table.hpp"

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

/// The file is readable at all times, and has an error to tell once after each change.
void LocalFiles::look_at_mounts() {
    const bool is_first_time = !mounts_.is_open();
    if (is_first_time) {
        mounts_ = os::Fd(open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
    }
    pollfd change{.fd = mounts_.get(), .events = POLLPRI, .revents = 0};
    const bool has_changed = poll(&change, 1, 0) > 0;
    if (!mounts_.is_open() || !(is_first_time || has_changed)) {
        return;
    }
    mount_info_.clear();
    std::array<char, 16384> part{};
    lseek(mounts_.get(), 0, SEEK_SET);
    for (ssize_t size = 0; (size = read(mounts_.get(), part.data(), part.size())) > 0;) {
        mount_info_.append(part.data(), static_cast<std::size_t>(size));
    }
    remote_places_ = remote_mounts(mount_info_);
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
        if (std::ranges::find(remote_places_, place) != remote_places_.end()) {
            return fmt::format("is on {}, which could hold the daemon up",
                               file_system_of(place, mount_info_));
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
