#include "health/mount_table.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace health {

namespace {

/// The fields of a line; "a - b" has a field "-" where those of changing number end.
std::vector<std::string_view> fields_of(std::string_view line) {
    std::vector<std::string_view> fields;
    while (!line.empty()) {
        const std::size_t end = std::min(line.find(' '), line.size());
        fields.push_back(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return fields;
}

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

/// One line of the table.
struct Mount {
    std::string place;
    std::string file_system;
};

/// Nullopt at the end. A line that is no mount is passed over.
std::optional<Mount> take_mount(std::string_view& mount_info) {
    constexpr std::size_t mount_point_field = 4;
    while (!mount_info.empty()) {
        const std::size_t end = std::min(mount_info.find('\n'), mount_info.size());
        const auto fields = fields_of(mount_info.substr(0, end));
        mount_info.remove_prefix(std::min(end + 1, mount_info.size()));
        const auto separator = std::ranges::find(fields, "-");
        if (fields.size() > mount_point_field && fields.end() - separator >= 2) {
            return Mount{unescape(fields[mount_point_field]), std::string(*(separator + 1))};
        }
    }
    return std::nullopt;
}

}  // namespace

std::string file_system_of(std::string_view path, std::string_view mount_info) {
    std::string found;
    std::size_t length = 0;
    while (auto mount = take_mount(mount_info)) {
        // Of two on one mount point the later one is seen.
        if (is_within(path, mount->place) && mount->place.size() >= length) {
            length = mount->place.size();
            found = std::move(mount->file_system);
        }
    }
    return found;
}

std::vector<std::string> remote_mounts(std::string_view mount_info) {
    std::vector<std::string> places;
    std::string_view rest = mount_info;
    while (const auto mount = take_mount(rest)) {
        if (is_remote(mount->file_system) && is_remote(file_system_of(mount->place, mount_info))) {
            places.push_back(mount->place);
        }
    }
    return places;
}

bool is_remote(std::string_view file_system) {
    static constexpr std::array<std::string_view, 14> remote = {
        "9p",   "afs",    "autofs", "ceph", "cifs", "coda",  "fuse",
        "gfs2", "lustre", "ncpfs",  "nfs",  "nfs4", "ocfs2", "smb3"};
    return file_system.starts_with("fuse.") ||
           std::ranges::find(remote, file_system) != remote.end();
}

}  // namespace health
