#include "os/launch_service.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "os/error.hpp"
#include "os/launch_end.hpp"
#include "os/launch_message.hpp"
#include "os/launch_workers.hpp"
#include "os/limits.hpp"

namespace os {

namespace {

/// How much of a program's output is kept: enough for its last line and blank ones after it.
constexpr std::size_t kept_output = 1024;

/// A program that floods its standard error gets this much of one wake-up.
constexpr int reads_at_once = 16;

/// When one program has waited this long for a worker, they hang, and it waits for them no longer.
constexpr long patience_ns = 20'000'000;

/// Where the launcher keeps its end of the socket, just above the three standard descriptors.
constexpr int socket_fd = 3;

/// What programs are to have, they get by inheriting it from here, once for all.
void become_launcher(Fd socket) {
    // By its session the daemon knows what we run, should we be killed.
    setsid();
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, nullptr);
    for (int number = 1; number < NSIG; ++number) {
        signal(number, SIG_DFL);
    }
    const Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
    // First out of the way of 0 to 3, where they are if the daemon was started without these.
    const int high = fcntl(socket.get(), F_DUPFD_CLOEXEC, socket_fd + 1);
    const int high_null = fcntl(null.get(), F_DUPFD_CLOEXEC, socket_fd + 1);
    (void)socket.release();
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        dup2(high_null, standard);
    }
    if (dup3(high, socket_fd, O_CLOEXEC) < 0) {
        _exit(1);
    }
    // The daemon's own descriptors would live as long as we do.
    if (syscall(SYS_close_range, socket_fd + 1U, UINT_MAX, 0U) != 0) {
        for (int fd = socket_fd + 1; fd < static_cast<int>(sysconf(_SC_OPEN_MAX)); ++fd) {
            close(fd);
        }
    }
    [[maybe_unused]] const int changed = chdir("/");
    umask(077);
    take_child_limits();
}

/// Scripts are ordinary processes, whatever the daemon is.
void become_ordinary() {
    const sched_param parameters{};
    sched_setscheduler(0, SCHED_OTHER, &parameters);
    if (getpriority(PRIO_PROCESS, 0) < 0) {
        setpriority(PRIO_PROCESS, 0, 0);
    }
    int adjustment = 0;
    std::ifstream("/proc/self/oom_score_adj") >> adjustment;
    if (adjustment < 0) {
        std::ofstream("/proc/self/oom_score_adj") << 0;
    }
    // What scripts leave behind comes to us when its parent dies: we reap it, wherever the daemon
    // runs, and know it by its descent until then.
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    prctl(PR_SET_NAME, "script-launcher", 0, 0, 0);
}

class LaunchService {
public:
    LaunchService()
        : epoll_(epoll_create1(EPOLL_CLOEXEC)),
          finished_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
          child_ended_(open_signals()),
          patience_(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)),
          workers_(finished_.get()),
          buffer_(std::make_unique_for_overwrite<char[]>(max_launch_message)) {
        for (const int fd : {socket_fd, finished_.get(), child_ended_.get(), patience_.get()}) {
            watch(fd, static_cast<std::uint64_t>(fd));
        }
    }

    /// Until the daemon is gone. Does not return: the workers can't be destroyed.
    [[noreturn]] void run() {
        std::array<epoll_event, 64> events{};
        while (!is_over_) {
            watch_workers();
            const int count =
                epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
            for (const epoll_event& event :
                 std::span(events).first(static_cast<std::size_t>(std::max(count, 0)))) {
                take(event.data.u64);
            }
        }
        for (const auto& [id, job] : jobs_) {
            kill_all(*job);
        }
        _exit(0);
    }

private:
    /// Ids of jobs are above all descriptors.
    static constexpr std::uint64_t first_job = std::uint64_t{1} << 32U;

    static int open_signals() {
        sigset_t child;
        sigemptyset(&child);
        sigaddset(&child, SIGCHLD);
        return signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    }

    bool watch(int fd, std::uint64_t key) {
        epoll_event event{.events = EPOLLIN, .data = {.u64 = key}};
        return epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
    }

    void take(std::uint64_t key) {
        if (key >= first_job) {
            const auto found = jobs_.find(key - first_job);
            if (found != jobs_.end()) {
                read_output(*found->second);
            }
        } else if (const int fd = static_cast<int>(key); fd == socket_fd) {
            take_request();
        } else if (fd == finished_.get()) {
            take_finished();
        } else if (fd == patience_.get()) {
            help_workers();
        } else {
            take_ended();
        }
    }

    /// Begins the patience with the program that waits now, if there is one.
    void watch_workers() {
        if (awaited_ == 0 && (awaited_ = workers_.first_waiting()) != 0) {
            const itimerspec once{.it_interval = {},
                                  .it_value = {.tv_sec = 0, .tv_nsec = patience_ns}};
            timerfd_settime(patience_.get(), 0, &once, nullptr);
        }
    }

    void help_workers() {
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t size = read(patience_.get(), &count, sizeof count);
        if (std::exchange(awaited_, 0) == workers_.first_waiting()) {
            workers_.add_worker();
        }
    }

    void take_request() {
        const ssize_t size = recv(socket_fd, buffer_.get(), max_launch_message, MSG_DONTWAIT);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        if (size <= 0) {
            is_over_ = true;
            return;
        }
        const std::string_view bytes(buffer_.get(), static_cast<std::size_t>(size));
        LaunchRequest request = decode_launch_request(bytes);
        if (request.kind == LaunchRequest::Kind::launch) {
            launch(request.id, std::move(request.command));
        } else if (const auto found = jobs_.find(request.id); found != jobs_.end()) {
            kill_job(*found->second, request.kind == LaunchRequest::Kind::forget);
        }
    }

    void launch(std::uint64_t id, Command command) {
        auto job = std::make_unique<LaunchJob>();
        job->id = id;
        job->command = std::move(command);
        std::array<int, 2> ends{-1, -1};
        if (pipe2(ends.data(), O_CLOEXEC) != 0) {
            refuse(*job, last_error("start " + job->command.arguments.front()).message());
            return;
        }
        job->reading = Fd(ends[0]);
        job->writing = Fd(ends[1]);
        // The writing end does block: a program expects that.
        fcntl(job->reading.get(), F_SETFL, O_NONBLOCK);
        if (!watch(job->reading.get(), first_job + id)) {
            refuse(*job, last_error("start " + job->command.arguments.front()).message());
            return;
        }
        LaunchJob& pinned = *job;
        jobs_.emplace(id, std::move(job));
        workers_.add(pinned);
    }

    void refuse(const LaunchJob& job, std::string why) {
        tell({.id = job.id,
              .has_ended = true,
              .result = {.status = {.not_executed = std::move(why)}}});
    }

    void kill_job(LaunchJob& job, bool forgets) {
        job.is_cancelled = true;
        job.is_forgotten = job.is_forgotten || forgets;
        kill_all(job);
        if (!forgets) {
            read_output(job);
            tell({.id = job.id, .has_ended = false, .result = {.output = job.output}});
        }
    }

    static void kill_all(LaunchJob& job) {
        const pid_t pid = job.pid();
        if (pid == 0 || job.has_ended) {
            return;
        }
        kill_tree(pid);
    }

    void take_finished() {
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t size = read(finished_.get(), &count, sizeof count);
        for (LaunchJob* job : workers_.take_finished()) {
            job->is_started = true;
            job->writing.close();
            if (!job->refusal.empty() || job->pid() <= 0) {
                job->has_ended = true;
                if (!job->is_forgotten) {
                    refuse(*job,
                           job->refusal.empty() ? describe_failure(job->start) : job->refusal);
                }
            } else if (job->is_cancelled) {
                // It had hung until now, so it may not have heard of it.
                kill_all(*job);
            }
            if (job->has_ended) {
                jobs_.erase(job->id);
            }
        }
    }

    /// Reaps what has ended: our programs, and what others have left to us.
    void take_ended() {
        signalfd_siginfo signal{};
        while (read(child_ended_.get(), &signal, sizeof signal) > 0) {
        }
        siginfo_t info{};
        while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0) {
            const pid_t pid = info.si_pid;
            const auto found = std::ranges::find_if(
                jobs_, [pid](const auto& entry) { return entry.second->pid() == pid; });
            const bool is_ours = found != jobs_.end() && !found->second->has_ended;
            if (is_ours) {
                // What it has left behind in its group; what has left that lives on, a service that
                // a check has started for one.
                kill(-pid, SIGKILL);
            }
            waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG);
            if (is_ours) {
                end(*found->second, info);
            }
            info = {};
        }
    }

    void end(LaunchJob& job, const siginfo_t& info) {
        read_output(job);
        job.has_ended = true;
        RunResult result{.status = {},
                         .output = std::move(job.output),
                         .process = info.si_pid,
                         .identity = job.start.identity};
        if (job.start.failure != 0) {
            result.status.not_executed = describe_failure(job.start);
        } else if (info.si_code == CLD_EXITED) {
            result.status.code = info.si_status;
        } else {
            result.status.signal = info.si_status;
        }
        if (!job.is_forgotten) {
            tell({.id = job.id, .has_ended = true, .result = std::move(result)});
        }
        if (job.is_started) {
            jobs_.erase(job.id);
        }
    }

    void read_output(LaunchJob& job) {
        std::array<char, 4096> buffer;
        for (int i = 0; i < reads_at_once && job.reading.is_open(); ++i) {
            const ssize_t size = read(job.reading.get(), buffer.data(), buffer.size());
            if (size == 0) {
                job.reading.close();
            }
            if (size <= 0) {
                return;
            }
            job.output.append(buffer.data(), static_cast<std::size_t>(size));
            if (job.output.size() > kept_output) {
                job.output.erase(0, job.output.size() - kept_output);
            }
        }
    }

    /// Waits where the daemon does not listen: it is stopped, and asks for nothing either.
    void tell(const LaunchReply& reply) {
        const std::string bytes = encode(reply);
        while (send(socket_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) {
            if (errno != EINTR) {
                is_over_ = true;
                return;
            }
        }
    }

    Fd epoll_;
    Fd finished_;
    Fd child_ended_;
    Fd patience_;  ///< a timer
    LaunchWorkers workers_;
    std::map<std::uint64_t, std::unique_ptr<LaunchJob>> jobs_;
    std::unique_ptr<char[]> buffer_;
    std::uint64_t awaited_ = 0;  ///< the job that the patience is with; 0: none
    bool is_over_ = false;
};

}  // namespace

void serve_launches(Fd socket) {
    become_launcher(std::move(socket));
    become_ordinary();
    LaunchService().run();
}

}  // namespace os
