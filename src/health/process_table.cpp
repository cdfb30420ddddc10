#include "health/process_table.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/ioctl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "os/fd.hpp"

namespace health {

namespace {

/// As long as a comm can be.
constexpr std::size_t longest_comm = 15;

/// How long a new process is looked at each time: it may execute another program yet.
constexpr vrrp::Duration youth = std::chrono::seconds(2);

/// All others are looked at once in as many calls.
constexpr int turns = 20;

/// PF_KTHREAD of the kernel's include/linux/sched.h.
constexpr unsigned long kernel_thread_flag = 0x00200000;

/// The kernel's struct pidfd_info in its first form, which headers before Linux 6.13 don't have.
struct PidfdInfo {
    std::uint64_t mask = 0;
    std::uint64_t cgroup_id = 0;
    std::array<std::uint32_t, 11> ids{};
    std::int32_t exit_code = 0;
};
constexpr std::uint64_t info_exit = 1U << 3U;
constexpr unsigned long get_info = _IOWR(0xff, 11, PidfdInfo);

/// What matters of /proc/PID/stat.
struct Stat {
    char state = '?';
    unsigned long flags = 0;
    long threads = 0;
    long exit_code = 0;
};

/// The first bytes of a file below an open folder, or errno.
std::expected<std::string_view, int> read_at(int folder, const std::string& path,
                                             std::span<char> buffer) {
    const os::Fd file(openat(folder, path.c_str(), O_RDONLY | O_CLOEXEC));
    const ssize_t size = file.is_open() ? read(file.get(), buffer.data(), buffer.size()) : -1;
    if (size < 0) {
        return std::unexpected(errno);
    }
    return std::string_view(buffer.data(), static_cast<std::size_t>(size));
}

template <typename Number>
Number to_number(std::string_view text) {
    Number number{};
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// The fields of proc_pid_stat(5) from the third one on; the second, the comm, may hold anything.
Stat parse_stat(std::string_view text) {
    Stat stat;
    const std::size_t comm_end = text.rfind(") ");
    text.remove_prefix(comm_end == std::string_view::npos ? text.size() : comm_end + 2);
    for (int field = 3; !text.empty(); ++field) {
        const std::string_view word = text.substr(0, text.find_first_of(" \n"));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        switch (field) {
            case 3: stat.state = word.empty() ? '?' : word[0]; break;
            case 9: stat.flags = to_number<unsigned long>(word); break;
            case 20: stat.threads = to_number<long>(word); break;
            case 52: stat.exit_code = to_number<long>(word); break;
            default: break;
        }
    }
    return stat;
}

std::expected<Stat, int> read_stat(int folder, const std::string& process) {
    std::array<char, 2048> buffer;
    const auto text = read_at(folder, process + "/stat", buffer);
    if (!text) {
        return std::unexpected(text.error());
    }
    return parse_stat(*text);
}

bool is_dead(const Stat& stat) {
    return stat.state == 'Z' || stat.state == 'X' || stat.state == 'x';
}

/// A program whose first thread has ended shows as a zombie, but lives while others go on.
bool is_living_process(const Stat& stat) {
    return (stat.flags & kernel_thread_flag) == 0 && (!is_dead(stat) || stat.threads > 1);
}

std::string_view base_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

/// argv[0] is the path as it was called, or a title such as "nginx: worker process".
bool is_called(std::string_view argument, std::string_view name) {
    return base_name(argument) == name ||
           base_name(argument.substr(0, argument.find_first_of(": "))) == name;
}

/// Whether the executable has that base name, or argv[0] where the executable can't be seen.
std::expected<bool, int> has_program_name(int folder, const std::string& process,
                                          std::string_view name) {
    std::array<char, 4096> buffer;
    const ssize_t size =
        readlinkat(folder, (process + "/exe").c_str(), buffer.data(), buffer.size());
    if (size >= 0) {
        std::string_view path(buffer.data(), static_cast<std::size_t>(size));
        constexpr std::string_view deleted = " (deleted)";  // by an upgrade of its package
        if (path.ends_with(deleted)) {
            path.remove_suffix(deleted.size());
        }
        return base_name(path) == name;
    }
    if (errno != EACCES && errno != EPERM) {
        return false;
    }
    const auto line = read_at(folder, process + "/cmdline", buffer);
    if (!line) {
        return std::unexpected(line.error());
    }
    return is_called(line->substr(0, line->find('\0')), name);
}

/// A name that no comm can hold needs the executable's word.
std::expected<bool, int> has_name(int folder, const std::string& process, std::string_view name) {
    if (name.size() <= longest_comm) {
        std::array<char, 64> buffer;
        const auto comm = read_at(folder, process + "/comm", buffer);
        if (!comm) {
            return std::unexpected(comm.error());
        }
        if (comm->substr(0, comm->rfind('\n')) == name) {
            return true;
        }
    }
    return has_program_name(folder, process, name);
}

/// Whether the process lives and has the name; an errno when we can't look at any process. One that
/// is gone, or hidden from us, does not.
std::expected<bool, int> lives_as(int folder, const std::string& process, std::string_view name) {
    const auto answer = has_name(folder, process, name);
    if (answer && !*answer) {
        return false;
    }
    const auto stat = answer ? read_stat(folder, process) : std::unexpected(answer.error());
    if (stat) {
        return is_living_process(*stat);
    }
    const int code = stat.error();
    if (code == ENOENT || code == ESRCH || code == EACCES || code == EPERM) {
        return false;
    }
    return std::unexpected(code);
}

struct CloseFolder {
    void operator()(DIR* folder) const { closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

}  // namespace

std::expected<std::vector<pid_t>, os::Error> ProcessTable::find_new(vrrp::Instant now) {
    const Folder opened(opendir(root_.c_str()));
    if (!opened) {
        return std::unexpected(os::last_error("open " + root_));
    }
    const int folder = dirfd(opened.get());
    std::vector<Entry> entries = list(opened.get(), now);
    std::vector<pid_t> found;
    for (const Entry& entry : entries) {
        if (!is_due(entry, now)) {
            continue;
        }
        const auto answer = lives_as(folder, std::to_string(entry.pid), name_);
        if (!answer) {
            return std::unexpected(os::Error{answer.error(), "look for processes in " + root_});
        }
        if (*answer) {
            found.push_back(entry.pid);
        }
    }
    known_ = std::move(entries);
    turn_ = (turn_ + 1) % turns;
    std::array<char, 64> buffer;
    const auto first = found.empty() ? read_at(folder, "1/comm", buffer) : "";
    if (!first) {
        // Process 1 is always there.
        return std::unexpected(os::Error{
            first.error(), "read " + root_ + "/1/comm (are processes hidden by hidepid?)"});
    }
    return found;
}

/// All processes there are, by ascending pid, with what is known of them.
std::vector<ProcessTable::Entry> ProcessTable::list(DIR* folder, vrrp::Instant now) const {
    // What was there before us is not young.
    const vrrp::Instant first_seen = known_.empty() ? vrrp::Instant{} : now;
    std::vector<Entry> entries;
    while (const dirent* entry = readdir(folder)) {
        if (const auto pid = to_number<pid_t>(entry->d_name); pid > 0) {
            entries.push_back({.pid = pid, .inode = entry->d_ino, .first_seen = first_seen});
        }
    }
    std::ranges::sort(entries, {}, &Entry::pid);
    auto known = known_.begin();
    for (Entry& entry : entries) {
        known = std::ranges::lower_bound(known, known_.end(), entry.pid, {}, &Entry::pid);
        if (known != known_.end() && known->pid == entry.pid && known->inode == entry.inode) {
            entry.first_seen = known->first_seen;
        }
    }
    return entries;
}

bool ProcessTable::is_due(const Entry& entry, vrrp::Instant now) const {
    return known_.empty() || now - entry.first_seen < youth || entry.pid % turns == turn_;
}

std::expected<bool, os::Error> ProcessTable::is_alive(pid_t pid) const {
    const std::string process = root_ + "/" + std::to_string(pid);
    const auto answer = lives_as(AT_FDCWD, process, name_);
    if (!answer) {
        return std::unexpected(os::Error{answer.error(), "look at " + process});
    }
    return *answer;
}

std::optional<int> ProcessTable::wait_status(pid_t pid, int pidfd) const {
    PidfdInfo info{.mask = info_exit};
    if (ioctl(pidfd, get_info, &info) == 0 && (info.mask & info_exit) != 0) {
        return info.exit_code;
    }
    const auto stat = read_stat(AT_FDCWD, root_ + "/" + std::to_string(pid));
    // Where we may not know, the kernel writes 0, as for a process that ended well.
    if (stat && is_dead(*stat) && stat->exit_code != 0) {
        return static_cast<int>(stat->exit_code);
    }
    return std::nullopt;
}

}  // namespace health
