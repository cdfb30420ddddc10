#include "health/mount_table.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace health {

namespace {

/// The kernel writes blanks, tabs, newlines and backslashes as three octal digits.
std::string unescape(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 3 < text.size()) {
            result += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                        text[i + 3] - '0');
            i += 3;
        } else {
            result += text[i];
        }
    }
    return result;
}

bool is_within(std::string_view path, std::string_view folder) {
    return folder == "/" || (path.starts_with(folder) &&
                             (path.size() == folder.size() || path[folder.size()] == '/'));
}

/// The mount point is the fifth field, and the kind follows the " - " where fields of changing
/// number end.
std::optional<Mount> parse_line(std::string_view line) {
    for (int field = 1; field < 5; ++field) {
        const std::size_t end = line.find(' ');
        if (end == std::string_view::npos) {
            return std::nullopt;
        }
        line.remove_prefix(end + 1);
    }
    constexpr std::string_view separator = " - ";
    const std::size_t end = line.find(separator);
    if (end == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view kind = line.substr(end + separator.size());
    return Mount{.point = unescape(line.substr(0, line.find(' '))),
                 .file_system = std::string(kind.substr(0, kind.find(' ')))};
}

}  // namespace

std::vector<Mount> parse_mounts(std::string_view mount_info) {
    std::vector<Mount> mounts;
    while (!mount_info.empty()) {
        const std::size_t end = std::min(mount_info.find('\n'), mount_info.size());
        if (auto mount = parse_line(mount_info.substr(0, end))) {
            mounts.push_back(std::move(*mount));
        }
        mount_info.remove_prefix(std::min(end + 1, mount_info.size()));
    }
    return mounts;
}

std::string file_system_of(std::string_view path, std::span<const Mount> mounts) {
    const Mount* found = nullptr;
    for (const Mount& mount : mounts) {
        // Of two on one mount point the later one is seen.
        if (is_within(path, mount.point) &&
            (found == nullptr || mount.point.size() >= found->point.size())) {
            found = &mount;
        }
    }
    return found != nullptr ? found->file_system : "";
}

bool is_remote(std::string_view file_system) {
    static constexpr std::array<std::string_view, 21> remote = {
        "9p",   "afs",     "autofs",   "beegfs", "ceph",   "cifs",   "coda",
        "fuse", "fuseblk", "gfs2",     "gpfs",   "lustre", "ncpfs",  "nfs",
        "nfs4", "ocfs2",   "orangefs", "pvfs2",  "smb3",   "vboxsf", "virtiofs"};
    return file_system.starts_with("fuse.") ||
           std::ranges::find(remote, file_system) != remote.end();
}

void MountTable::open() {
    fd_ = os::Fd(::open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
    read();
}

bool MountTable::has_changed() const {
    pollfd changes{.fd = fd_.get(), .events = POLLPRI, .revents = 0};
    return fd_.is_open() && poll(&changes, 1, 0) > 0 && (changes.revents & POLLPRI) != 0;
}

void MountTable::read() {
    std::string text;
    std::array<char, 16384> part{};
    if (fd_.is_open() && lseek(fd_.get(), 0, SEEK_SET) == 0) {
        for (ssize_t size = 0; (size = ::read(fd_.get(), part.data(), part.size())) > 0;) {
            text.append(part.data(), static_cast<std::size_t>(size));
        }
    }
    mounts_ = parse_mounts(text);
}

}  // namespace health
