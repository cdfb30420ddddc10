#include "os/scheduling.hpp"

#include "os/privilege.hpp"

#include <fmt/format.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

namespace os {

namespace {

/// Longer than all that the daemon ever does at once, its start with thousands of routers included.
constexpr rlim_t longest_run_microseconds = 5'000'000;

/// The kernel says that the process has not paused for that long. It must not be killed, as it may
/// serve; nor may it keep others from a core. Only async-signal-safe calls.
void become_ordinary(int /*signal*/) {
    const int code = errno;
    const sched_param parameters{};
    // The first thread, whichever this one is. Without the flag the kernel would refuse it to a
    // process that lacks CAP_SYS_NICE.
    sched_setscheduler(getpid(), SCHED_OTHER | SCHED_RESET_ON_FORK, &parameters);
    static constexpr std::string_view message =
        "warning: busy for 5 s without a pause; goes on without real-time priority\n";
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, message.data(), message.size());
    errno = code;
}

/// The limit has the kernel send SIGXCPU, not SIGKILL: its upper half stays as it is.
bool limit_run() {
    rlimit limit{};
    if (getrlimit(RLIMIT_RTTIME, &limit) != 0) {
        return false;
    }
    // Where both limits are one, the kernel kills before it warns.
    limit.rlim_cur =
        longest_run_microseconds < limit.rlim_max ? longest_run_microseconds : limit.rlim_max / 2;
    struct sigaction action{};
    action.sa_handler = become_ordinary;
    action.sa_flags = SA_RESTART;
    return sigaction(SIGXCPU, &action, nullptr) == 0 && setrlimit(RLIMIT_RTTIME, &limit) == 0;
}

/// Whether memory may grow after it has been locked.
bool has_no_memory_limit() {
    rlimit limit{};
    if (has_capability(CAP_IPC_LOCK) || getrlimit(RLIMIT_MEMLOCK, &limit) != 0) {
        return true;
    }
    limit.rlim_cur = limit.rlim_max;
    return limit.rlim_max == RLIM_INFINITY && setrlimit(RLIMIT_MEMLOCK, &limit) == 0;
}

}  // namespace

std::expected<void, Error> become_realtime(int priority) {
    const std::string doing = fmt::format("take real-time priority {}", priority);
    sched_param parameters{};
    parameters.sched_priority = priority;
    if (!limit_run() ||
        sched_setscheduler(getpid(), SCHED_RR | SCHED_RESET_ON_FORK, &parameters) != 0) {
        return std::unexpected(last_error(doing));
    }
    return {};
}

std::expected<void, Error> lock_memory() {
    const std::string doing = "lock the memory";
    if (!has_no_memory_limit()) {
        return std::unexpected(Error{ENOMEM, doing});
    }
    // On fault: libraries map far more than is ever touched, a thread's stack for one.
    if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
        return std::unexpected(last_error(doing));
    }
    return {};
}

std::optional<int> realtime_priority() {
    sched_param parameters{};
    const int policy = sched_getscheduler(getpid()) & ~SCHED_RESET_ON_FORK;
    const bool is_realtime = policy == SCHED_RR || policy == SCHED_FIFO;
    if (!is_realtime || sched_getparam(getpid(), &parameters) != 0) {
        return std::nullopt;
    }
    return parameters.sched_priority;
}

bool is_memory_locked() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmLck:")) {
            return std::atoi(line.c_str() + std::string_view("VmLck:").size()) > 0;
        }
    }
    return false;
}

}  // namespace os
