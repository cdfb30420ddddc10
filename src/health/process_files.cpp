#include "health/process_files.hpp"

#include <fcntl.h>
#include <linux/ioctl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>

#include "os/fd.hpp"

namespace health {

namespace {

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

template <typename Number>
Number to_number(std::string_view text) {
    Number number{};
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// The fields of proc_pid_stat(5) from the third one on; the second, the comm, may hold anything.
ProcessStat parse_stat(std::string_view text) {
    ProcessStat stat;
    const std::size_t comm_end = text.rfind(") ");
    text.remove_prefix(comm_end == std::string_view::npos ? text.size() : comm_end + 2);
    for (int field = 3; !text.empty(); ++field) {
        const std::string_view word = text.substr(0, text.find_first_of(" \n"));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        switch (field) {
            case 3: stat.state = word.empty() ? '?' : word[0]; break;
            case 9: stat.flags = to_number<unsigned long>(word); break;
            case 20: stat.threads = to_number<long>(word); break;
            case 22: stat.start_ticks = to_number<unsigned long long>(word); break;
            case 52: stat.exit_code = to_number<long>(word); break;
            default: break;
        }
    }
    return stat;
}

bool is_dead(const ProcessStat& stat) {
    return stat.state == 'Z' || stat.state == 'X' || stat.state == 'x';
}

/// The words of the line that begins with `title`.
std::string_view line_after(std::string_view text, std::string_view title) {
    const std::size_t begin = text.find(title);
    if (begin == std::string_view::npos) {
        return {};
    }
    text.remove_prefix(begin + title.size());
    return text.substr(0, text.find('\n'));
}

/// The next number of a line, which loses it; 0 where there is none.
template <typename Number>
Number take_number(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const std::string_view word = line.substr(0, line.find_first_of(" \t"));
    line.remove_prefix(word.size());
    return to_number<Number>(word);
}

}  // namespace

std::expected<std::string_view, int> read_at(int folder, const std::string& path,
                                             std::span<char> buffer) {
    const os::Fd file(openat(folder, path.c_str(), O_RDONLY | O_CLOEXEC));
    const ssize_t size = file.is_open() ? read(file.get(), buffer.data(), buffer.size()) : -1;
    if (size < 0) {
        return std::unexpected(errno);
    }
    return std::string_view(buffer.data(), static_cast<std::size_t>(size));
}

std::expected<ProcessStat, int> read_process_stat(int folder, const std::string& process) {
    std::array<char, 2048> buffer;
    const auto text = read_at(folder, process + "/stat", buffer);
    if (!text) {
        return std::unexpected(text.error());
    }
    return parse_stat(*text);
}

bool is_living_process(const ProcessStat& stat) {
    return (stat.flags & kernel_thread_flag) == 0 && (!is_dead(stat) || stat.threads > 1);
}

std::expected<bool, os::Error> is_living_process(pid_t pid) {
    const std::string process = std::string(process_root) + "/" + std::to_string(pid);
    const auto stat = read_process_stat(AT_FDCWD, process);
    if (stat) {
        return is_living_process(*stat);
    }
    if (stat.error() == ENOENT || stat.error() == ESRCH) {
        return kill(pid, 0) == 0 || errno == EPERM;
    }
    return std::unexpected(os::Error{stat.error(), "look at " + process});
}

std::string process_comm(pid_t pid, const std::string& root) {
    std::array<char, 64> buffer;
    const auto comm = read_at(AT_FDCWD, root + "/" + std::to_string(pid) + "/comm", buffer);
    return comm ? std::string(comm->substr(0, comm->rfind('\n'))) : "";
}

std::optional<std::array<uid_t, 4>> process_users(pid_t pid, const std::string& root) {
    std::array<char, 4096> buffer;
    const auto text = read_at(AT_FDCWD, root + "/" + std::to_string(pid) + "/status", buffer);
    std::string_view line = text ? line_after(*text, "\nUid:") : "";
    if (line.empty()) {
        return std::nullopt;
    }
    std::array<uid_t, 4> users{};
    for (uid_t& user : users) {
        user = take_number<uid_t>(line);
    }
    return users;
}

std::string process_group(pid_t pid, const std::string& root) {
    std::array<char, 8192> buffer;
    const auto text = read_at(AT_FDCWD, root + "/" + std::to_string(pid) + "/cgroup", buffer);
    const std::string lines = text ? "\n" + std::string(*text) : "";
    return std::string(line_after(lines, "\n0::"));
}

std::optional<std::int64_t> host_start_time(const std::string& root) {
    // The lines before are one for each processor, and one for all interrupts.
    std::string text(std::size_t{1} << 18U, '\0');
    const auto host = read_at(AT_FDCWD, root + "/stat", text);
    std::string_view line = host ? line_after(*host, "\nbtime") : "";
    return line.empty() ? std::nullopt : std::optional(take_number<std::int64_t>(line));
}

std::optional<unsigned long long> process_start_ticks(pid_t pid, const std::string& root) {
    const auto stat = read_process_stat(AT_FDCWD, root + "/" + std::to_string(pid));
    return stat ? std::optional(stat->start_ticks) : std::nullopt;
}

std::optional<std::int64_t> process_start_time(pid_t pid, const std::string& root) {
    const auto start = host_start_time(root);
    const auto ticks = process_start_ticks(pid, root);
    const long rate = sysconf(_SC_CLK_TCK);
    if (!start || !ticks || rate <= 0) {
        return std::nullopt;
    }
    return *start + static_cast<std::int64_t>(*ticks / static_cast<unsigned long>(rate));
}

std::optional<int> wait_status(pid_t pid, int pidfd, const std::string& root) {
    PidfdInfo info{.mask = info_exit};
    if (ioctl(pidfd, get_info, &info) == 0 && (info.mask & info_exit) != 0) {
        return info.exit_code;
    }
    const auto stat = read_process_stat(AT_FDCWD, root + "/" + std::to_string(pid));
    // Where we may not know, the kernel writes 0, as for a process that ended well.
    if (stat && is_dead(*stat) && stat->exit_code != 0) {
        return static_cast<int>(stat->exit_code);
    }
    return std::nullopt;
}

}  // namespace health
