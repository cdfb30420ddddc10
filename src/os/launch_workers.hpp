#pragma once

#include "os/child_start.hpp"
#include "os/command.hpp"
#include "os/fd.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace os {

/// One run of a program in the launcher. Pinned: a worker, and the child until its program runs,
/// have its address.
struct LaunchJob {
    std::uint64_t id = 0;
    Command command;
    Fd reading;  ///< of what it writes to its standard error, non-blocking
    Fd writing;  ///< until the program runs
    std::string output;

    // What the worker says. The child's process number can be read before it is done.
    ChildStart start;
    std::string refusal;  ///< why there is no child

    std::atomic<bool> is_cancelled = false;  ///< it is not to be started any more

    bool is_started = false;    ///< the worker is done with it
    bool has_ended = false;     ///< there is no process any more
    bool is_forgotten = false;  ///< nobody wants to know its end

    /// The number of its process, 0 before there is one.
    [[nodiscard]] pid_t pid() { return std::atomic_ref(start.pid).load(); }
};

/// Threads that start programs, so that one which stands on a dead file server keeps back no other.
/// They are never more than are needed: a few, until all of them have hung for a while; those that
/// were added then end when they have had nothing to do for some seconds. Pinned, and never
/// destroyed: one that hangs can't be ended.
class LaunchWorkers {
public:
    /// An eventfd that each finished job is told by.
    explicit LaunchWorkers(int finished) : finished_(finished) {}
    LaunchWorkers(const LaunchWorkers&) = delete;
    LaunchWorkers& operator=(const LaunchWorkers&) = delete;

    /// Starts the job's program, soon. The job stays where it is until it was finished.
    void add(LaunchJob& job);
    /// The jobs that were finished since it was last asked.
    [[nodiscard]] std::vector<LaunchJob*> take_finished();
    /// The id of the job that has waited longest for a worker; 0 if none waits.
    [[nodiscard]] std::uint64_t first_waiting();
    /// One worker more, as those that there are don't get on.
    void add_worker();

private:
    void work();
    [[nodiscard]] LaunchJob* wait_for_job();
    void start(LaunchJob& job);
    [[nodiscard]] std::optional<Identity> identity_of(const Command& command, std::string& refusal);
    [[nodiscard]] std::optional<Identity> known(const Command& command);

    int finished_;
    std::mutex mutex_;
    std::condition_variable is_work_;
    std::deque<LaunchJob*> waiting_;
    std::vector<LaunchJob*> done_;
    std::map<std::vector<std::string>, Identity> identities_;  ///< by users and group
    std::size_t count_ = 0;
};

}  // namespace os
