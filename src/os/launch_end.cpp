#include "os/launch_end.hpp"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <ranges>
#include <string>

#include "os/process.hpp"

namespace os {

namespace {

/// What was about to fork when it was stopped has a child that only the next look sees.
constexpr int most_looks = 3;

/// The number of a process's parent; 0 where there is no such process.
pid_t parent_of(pid_t pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(stat, line);
    // Its name, in parentheses, may hold anything; a state and the parent follow.
    const std::size_t name_end = line.rfind(')');
    return name_end == std::string::npos ? 0 : std::atoi(line.c_str() + name_end + 3);
}

bool descends_from(pid_t pid, pid_t ancestor) {
    while (pid > 1 && pid != ancestor) {
        pid = parent_of(pid);
    }
    return pid == ancestor;
}

/// Sends a signal to the descendants, children before their parents, and gives them. Where a number
/// has passed to another process since they were listed, that one is let alone: it does not
/// descend from there, or the descriptor is not of it.
std::vector<pid_t> signal_descendants(pid_t ancestor, int signal) {
    std::vector<pid_t> descendants = descendants_of(ancestor);
    for (const pid_t pid : descendants | std::views::reverse) {
        const auto process = open_process(pid);
        if (process && descends_from(pid, ancestor)) {
            syscall(SYS_pidfd_send_signal, process->get(), signal, nullptr, 0);
        }
    }
    return descendants;
}

}  // namespace

std::vector<pid_t> kill_tree(pid_t child) {
    // Its own number and its group's can't have passed to others: it holds them until it is reaped.
    kill(child, SIGSTOP);
    kill(-child, SIGSTOP);
    std::vector<pid_t> stopped;
    for (int look = 0; look < most_looks; ++look) {
        std::vector<pid_t> found = signal_descendants(child, SIGSTOP);
        if (found == stopped) {
            break;
        }
        stopped = std::move(found);
    }
    std::vector<pid_t> killed = signal_descendants(child, SIGKILL);
    kill(-child, SIGKILL);
    kill(child, SIGKILL);
    killed.insert(killed.begin(), child);
    return killed;
}

void bury_launcher(pid_t launcher) {
    const auto id = static_cast<id_t>(launcher);
    // Only now have its children come to us; and until it is reaped, no session has its number.
    waitid(P_PID, id, nullptr, WEXITED | WNOWAIT);
    std::vector<pid_t> killed;
    for (const pid_t pid : descendants_of(getpid())) {
        if (pid != launcher && parent_of(pid) == getpid() && getsid(pid) == launcher) {
            const std::vector<pid_t> tree = kill_tree(pid);
            killed.insert(killed.end(), tree.begin(), tree.end());
        }
    }
    waitid(P_PID, id, nullptr, WEXITED);
    // Each comes to us when its parent, which stands before it, is gone.
    for (const pid_t pid : killed) {
        waitid(P_PID, static_cast<id_t>(pid), nullptr, WEXITED);
    }
}

}  // namespace os
