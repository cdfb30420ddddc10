#pragma once

#include "os/command.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <string>
#include <unordered_map>

namespace os {

class Launcher;
struct LaunchRequest;

/// A program that runs. When this goes it is killed with all that it has started, and nothing more
/// is told of it.
class Run {
public:
    Run() = default;
    Run(Run&& other) noexcept;
    Run& operator=(Run&& other) noexcept;
    ~Run();

    /// Kills it and all that descends from it; what it wrote follows, and when it ends, its end.
    void kill();

private:
    friend class Launcher;
    Run(Launcher& launcher, std::uint64_t id) : launcher_(&launcher), id_(id) {}
    void forget();

    Launcher* launcher_ = nullptr;
    std::uint64_t id_ = 0;
};

/// Runs programs for a daemon that must wait for none of what that takes: a process of its own,
/// forked when it is first needed, does the rest. It is small where the daemon is large, so a start
/// costs less than a fork of the daemon would, and the daemon's own share is one message each way.
/// Outlives its runs. Pinned.
class Launcher {
public:
    using OnEnd = std::move_only_function<void(const RunResult& result, vrrp::Instant now)>;
    using OnKilled = std::move_only_function<void(const std::string& output, vrrp::Instant now)>;

    /// `loop` outlives the launcher.
    explicit Launcher(Loop& loop) : loop_(loop) {}
    Launcher(const Launcher&) = delete;
    Launcher& operator=(const Launcher&) = delete;
    /// Never waits; all that runs is killed.
    ~Launcher();

    /// Forks the launcher now, so that the first launch need not; does nothing where there is one.
    [[nodiscard]] std::expected<void, Error> prepare();

    /// Runs a program; while the launcher takes nothing, as soon as it does again. Each function
    /// is called from the loop, at most once: `on_killed` after a kill(), with the end of what the
    /// program wrote to its standard error until then; `on_end` when it has ended or can't be
    /// started. Either may destroy the run, and the launcher.
    [[nodiscard]] std::expected<Run, Error> launch(const Command& command, OnEnd on_end,
                                                   OnKilled on_killed);

    /// The launcher's process; 0 while there is none.
    [[nodiscard]] pid_t process() const { return process_; }

private:
    friend class Run;
    struct Waiter {
        OnEnd on_end;
        OnKilled on_killed;
    };

    [[nodiscard]] std::expected<void, Error> open();
    void close();
    void on_ready(std::uint32_t epoll_events, vrrp::Instant now);
    void on_readable(vrrp::Instant now);
    void on_death(vrrp::Instant now);
    [[nodiscard]] bool send(const LaunchRequest& request);
    void send_waiting();

    Loop& loop_;
    pid_t process_ = 0;
    Fd socket_;
    Source source_;
    std::deque<std::string> waiting_;  ///< requests that the socket had no room for
    std::uint64_t last_id_ = 0;
    std::unordered_map<std::uint64_t, Waiter> waiters_;
    bool* is_gone_ = nullptr;  ///< set where somebody must know
};

}  // namespace os
