#include "os/process.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace os {

namespace {

constexpr std::size_t most_descendants = 4096;

/// Asks the user database with a buffer that grows until it is large enough.
template <class Entry, class Ask>
std::optional<Entry> look_up(Ask ask) {
    Entry entry{};
    Entry* found = nullptr;
    std::vector<char> buffer(1024);
    while (ask(&entry, buffer.data(), buffer.size(), &found) == ERANGE) {
        buffer.resize(2 * buffer.size());
    }
    // The names in it would point into the buffer, which goes.
    return found == nullptr ? std::nullopt : std::optional(entry);
}

void add_children(pid_t pid, std::vector<pid_t>& found) {
    std::error_code error;
    std::filesystem::directory_iterator tasks(fmt::format("/proc/{}/task", pid), error);
    for (; !error && tasks != std::filesystem::directory_iterator(); tasks.increment(error)) {
        std::ifstream children(tasks->path() / "children");
        for (pid_t child = 0; children >> child && found.size() < most_descendants;) {
            found.push_back(child);
        }
    }
}

}  // namespace

std::optional<Identity> find_user(const std::string& name) {
    const auto entry =
        look_up<passwd>([&](auto... rest) { return getpwnam_r(name.c_str(), rest...); });
    return entry.transform(
        [](const passwd& found) { return Identity{found.pw_uid, found.pw_gid}; });
}

std::optional<gid_t> find_group(const std::string& name) {
    const auto entry =
        look_up<group>([&](auto... rest) { return getgrnam_r(name.c_str(), rest...); });
    return entry.transform([](const group& found) { return found.gr_gid; });
}

std::string user_name(uid_t user) {
    std::string name;
    (void)look_up<passwd>([&](passwd* entry, char* buffer, std::size_t size, passwd** found) {
        const int code = getpwuid_r(user, entry, buffer, size, found);
        name = *found == nullptr ? "" : (*found)->pw_name;
        return code;
    });
    return name.empty() ? std::to_string(user) : name;
}

std::string group_name(gid_t group_id) {
    std::string name;
    (void)look_up<group>([&](group* entry, char* buffer, std::size_t size, group** found) {
        const int code = getgrgid_r(group_id, entry, buffer, size, found);
        name = *found == nullptr ? "" : (*found)->gr_name;
        return code;
    });
    return name.empty() ? std::to_string(group_id) : name;
}

std::expected<Fd, Error> open_process(pid_t pid) {
    // Not by its function: the header of glibc 2.36 does not declare that for C++.
    Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd.is_open()) {
        return std::unexpected(last_error(fmt::format("open process {}", pid)));
    }
    return pidfd;
}

std::vector<pid_t> descendants_of(pid_t pid) {
    std::vector<pid_t> found;
    add_children(pid, found);
    for (std::size_t i = 0; i < found.size(); ++i) {
        add_children(found[i], found);
    }
    return found;
}

}  // namespace os
