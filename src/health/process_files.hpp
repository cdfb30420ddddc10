#pragma once

#include "os/error.hpp"

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace health {

/// Where the kernel tells of processes.
inline constexpr const char* process_root = "/proc";

/// What matters of /proc/PID/stat.
struct ProcessStat {
    char state = '?';
    unsigned long flags = 0;
    long threads = 0;
    unsigned long long start_ticks = 0;  ///< since the host's start
    long exit_code = 0;
};

/// The first bytes of a file below an open folder, within `buffer`; or errno.
[[nodiscard]] std::expected<std::string_view, int> read_at(int folder, const std::string& path,
                                                           std::span<char> buffer);

/// Reads PID/stat below an open folder such as /proc; or errno.
[[nodiscard]] std::expected<ProcessStat, int> read_process_stat(int folder,
                                                                const std::string& process);

/// Neither a kernel thread nor a zombie. A program whose first thread has ended shows as a zombie,
/// but lives while others go on.
[[nodiscard]] bool is_living_process(const ProcessStat& stat);

/// The same of any process of ours or others'. One that hidepid hides from us is taken to live as
/// long as it is there. Fails where nothing can be read.
[[nodiscard]] std::expected<bool, os::Error> is_living_process(pid_t pid);

/// The process's own word for itself; empty where it is gone, or hidden.
[[nodiscard]] std::string process_comm(pid_t pid, const std::string& root = process_root);

/// Its real, effective, saved and file system user.
[[nodiscard]] std::optional<std::array<uid_t, 4>> process_users(
    pid_t pid, const std::string& root = process_root);

/// The path of its control group of version 2 from the root on; empty where it is gone, or hidden.
[[nodiscard]] std::string process_group(pid_t pid, const std::string& root = process_root);

/// When the host was started, in seconds of the wall clock as it goes now.
[[nodiscard]] std::optional<std::int64_t> host_start_time(const std::string& root = process_root);

/// Tells a process from a later one of its number; nullopt where it is gone, or hidden.
[[nodiscard]] std::optional<unsigned long long> process_start_ticks(
    pid_t pid, const std::string& root = process_root);

/// When a process was started, in seconds of the wall clock as it goes now.
[[nodiscard]] std::optional<std::int64_t> process_start_time(
    pid_t pid, const std::string& root = process_root);

/// How an exited process that `pidfd` refers to has ended, as wait() would tell its parent; nullopt
/// where the kernel does not say: while it is a zombie only to who may trace it, and after that
/// from Linux 6.15 on.
[[nodiscard]] std::optional<int> wait_status(pid_t pid, int pidfd,
                                             const std::string& root = process_root);

}  // namespace health
