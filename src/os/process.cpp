#include "os/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <system_error>
#include <thread>
#include <utility>

#include "os/limits.hpp"

namespace os {

namespace {

/// What a child does before its program runs.
enum class Step : std::uint8_t {
    redirect,
    drop_groups,
    become_group,
    become_user,
    drop_capabilities,
    find_interpreter,
    execute,
};

/// What the child writes to its parent when it can't go on; an exec closes the pipe unwritten.
struct Failure {
    int code = 0;
    Step step = Step::execute;
};

std::string describe(Step step, const std::string& program, const Identity& identity) {
    switch (step) {
        case Step::redirect: return "redirect the output of " + program;
        case Step::drop_groups: return "drop the supplementary groups for " + program;
        case Step::become_group:
            return fmt::format("become group {} for {}", identity.group, program);
        case Step::become_user: return fmt::format("become user {} for {}", identity.user, program);
        case Step::drop_capabilities: return "drop the capabilities for " + program;
        case Step::find_interpreter: return "find the interpreter of " + program;
        case Step::execute: break;
    }
    return "execute " + program;
}

/// All that the child needs, made before the fork: after it nothing may be allocated.
struct Plan {
    std::vector<char*> arguments;
    std::vector<char*> environment;
    Identity identity;
    pid_t parent = 0;
    int null = -1;
    int standard_error = -1;
    int exec_status = -1;
};

/// Holds all signals back from this thread, so that none of our handlers runs in a child.
class BlockedSignals {
public:
    BlockedSignals() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, &before_);
    }
    BlockedSignals(const BlockedSignals&) = delete;
    BlockedSignals& operator=(const BlockedSignals&) = delete;
    ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

struct Pipe {
    Fd reading;
    Fd writing;
};

/// A pipe whose reading end does not block. Its writing end does: a child expects that.
std::optional<Pipe> open_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        return std::nullopt;
    }
    Pipe pipe{Fd(ends[0]), Fd(ends[1])};
    if (fcntl(pipe.reading.get(), F_SETFL, O_NONBLOCK) != 0) {
        return std::nullopt;
    }
    return pipe;
}

/// exec wants pointers to mutable text, and does not change it.
std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (const std::string& text : texts) {
        pointers.push_back(const_cast<char*>(text.c_str()));
    }
    pointers.push_back(nullptr);
    return pointers;
}

// From here to run_child() everything runs between fork and exec: only async-signal-safe calls.

/// Where the child keeps the pipe to its parent, just above the three standard descriptors.
constexpr int status_fd = 3;

[[noreturn]] void fail(int fd, Step step) {
    const Failure failure{errno, step};
    // The parent takes a missing message for an ordinary exit status 127: bad all the same.
    [[maybe_unused]] const ssize_t written = write(fd, &failure, sizeof failure);
    _exit(127);
}

/// Signals that are ignored or blocked stay so over an exec, unlike those that are handled.
void reset_signals() {
    for (int number = 1; number < NSIG; ++number) {
        signal(number, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
}

void redirect(const Plan& plan) {
    // First out of the way of 0 to 3, where they are if the daemon was started without these.
    const int null = fcntl(plan.null, F_DUPFD_CLOEXEC, status_fd + 1);
    const int standard_error = fcntl(plan.standard_error, F_DUPFD_CLOEXEC, status_fd + 1);
    const int status = fcntl(plan.exec_status, F_DUPFD_CLOEXEC, status_fd + 1);
    if (null < 0 || standard_error < 0 || status < 0 || dup3(status, status_fd, O_CLOEXEC) < 0) {
        fail(plan.exec_status, Step::redirect);
    }
    if (dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
        dup2(standard_error, STDERR_FILENO) < 0) {
        fail(status_fd, Step::redirect);
    }
    // Kernels before 5.9 don't know it; then close-on-exec, which all of ours have, must do.
    close_range(status_fd + 1, UINT_MAX, 0);
}

/// Supplementary groups need CAP_SETGID to be dropped. Without it they are kept where the child is
/// what we are anyway.
bool drop_groups(const Identity& identity) {
    if (getgroups(0, nullptr) == 0 || setgroups(0, nullptr) == 0) {
        return true;
    }
    return errno == EPERM && identity.user == geteuid() && identity.group == getegid();
}

void become(const Identity& identity) {
    if (!drop_groups(identity)) {
        fail(status_fd, Step::drop_groups);
    }
    if (setresgid(identity.group, identity.group, identity.group) != 0) {
        fail(status_fd, Step::become_group);
    }
    if (setresuid(identity.user, identity.user, identity.user) != 0) {
        fail(status_fd, Step::become_user);
    }
}

/// Without new privileges an exec gives at most what is permitted before it, also to root and to
/// programs with file capabilities: so none is left, whoever the child is.
void drop_capabilities() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 ||
        syscall(SYS_capset, &header, none.data()) != 0) {
        fail(status_fd, Step::drop_capabilities);
    }
}

/// A change of identity forgets the wish, so this comes after it.
void die_with(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(127);
    }
}

[[noreturn]] void run_child(const Plan& plan) {
    setpgid(0, 0);
    reset_signals();
    redirect(plan);
    umask(077);
    restore_open_file_limit();
    // Nothing to be done where even that fails, and nothing depends on it.
    [[maybe_unused]] const int changed = chdir("/");
    become(plan.identity);
    drop_capabilities();
    die_with(plan.parent);
    execve(plan.arguments[0], plan.arguments.data(), plan.environment.data());
    // A script whose "#!" names nothing gives the same errno as a script that is not there.
    const int code = errno;
    const bool is_there = code == ENOENT && access(plan.arguments[0], F_OK) == 0;
    errno = code;
    fail(status_fd, is_there ? Step::find_interpreter : Step::execute);
}

/// Forks the child that `plan` tells of; its pid, or -1 with errno.
pid_t start(const Plan& plan) {
    const BlockedSignals blocked;
    const pid_t pid = fork();
    if (pid == 0) {
        run_child(plan);
    }
    if (pid > 0) {
        // Both do it, so that the group is there for whoever comes first.
        setpgid(pid, pid);
    }
    return pid;
}

/// Reaps a killed child when the kernel lets it go, which a dead file server can put off for ever.
/// The daemon may not wait for that; a thread that does nothing else may.
void reap_in_background(pid_t pid) {
    const BlockedSignals blocked;
    try {
        std::thread([pid] { waitid(P_PID, static_cast<id_t>(pid), nullptr, WEXITED); }).detach();
    } catch (const std::system_error&) {
        // No thread to be had: the child stays a zombie until the daemon ends.
    }
}

}  // namespace

std::optional<Identity> find_user(const std::string& name) {
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> buffer(1024);
    while (getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) == ERANGE) {
        buffer.resize(2 * buffer.size());
    }
    if (found == nullptr) {
        return std::nullopt;
    }
    return Identity{entry.pw_uid, entry.pw_gid};
}

std::expected<Fd, Error> open_process(pid_t pid) {
    // Not by its function: the header of glibc 2.36 does not declare that for C++.
    Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd.is_open()) {
        return std::unexpected(last_error(fmt::format("open process {}", pid)));
    }
    return pidfd;
}

std::expected<Child, Error> Child::spawn(const Command& command) {
    assert(!command.arguments.empty());
    const std::string doing = "start " + command.arguments[0];
    Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
    std::optional<Pipe> standard_error = open_pipe();
    std::optional<Pipe> exec_status = open_pipe();
    if (!null.is_open() || !standard_error || !exec_status) {
        return std::unexpected(last_error(doing));
    }
    Child child;
    child.program_ = command.arguments[0];
    child.identity_ = command.identity.value_or(Identity{geteuid(), getegid()});
    child.pid_ = start({.arguments = pointers_to(command.arguments),
                        .environment = pointers_to(command.environment),
                        .identity = child.identity_,
                        .parent = getpid(),
                        .null = null.get(),
                        .standard_error = standard_error->writing.get(),
                        .exec_status = exec_status->writing.get()});
    if (child.pid_ < 0) {
        return std::unexpected(last_error(doing));
    }
    // Closed now, so that there is room for one more descriptor.
    null.close();
    auto pidfd = open_process(child.pid_);
    if (!pidfd) {
        kill(-child.pid_, SIGKILL);
        reap_in_background(child.pid_);
        return std::unexpected(pidfd.error());
    }
    child.pidfd_ = std::move(*pidfd);
    child.exec_status_ = std::move(exec_status->reading);
    child.standard_error_ = std::move(standard_error->reading);
    return child;
}

Child& Child::operator=(Child&& other) noexcept {
    if (this != &other) {
        abandon();
        pid_ = other.pid_;
        is_reaped_ = other.is_reaped_;
        program_ = std::move(other.program_);
        identity_ = other.identity_;
        pidfd_ = std::move(other.pidfd_);
        exec_status_ = std::move(other.exec_status_);
        standard_error_ = std::move(other.standard_error_);
    }
    return *this;
}

Child::~Child() {
    abandon();
}

void Child::abandon() {
    if (!pidfd_.is_open() || is_reaped_) {
        return;
    }
    kill_group();
    if (!reap()) {
        reap_in_background(pid_);
    }
}

void Child::kill_group() {
    // The group's number can't have passed to others: a child that isn't reaped holds it.
    if (pidfd_.is_open() && !is_reaped_) {
        kill(-pid_, SIGKILL);
    }
}

std::optional<ExitStatus> Child::reap() {
    if (is_reaped_) {
        return std::nullopt;
    }
    const auto id = static_cast<id_t>(pidfd_.get());
    siginfo_t info{};
    if (waitid(P_PIDFD, id, &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
        is_reaped_ = true;
        return ExitStatus{.not_executed = last_error("wait for " + program_)};
    }
    if (info.si_pid == 0) {
        return std::nullopt;
    }
    kill_group();
    waitid(P_PIDFD, id, &info, WEXITED | WNOHANG);
    is_reaped_ = true;
    if (auto failure = read_failure()) {
        return ExitStatus{.not_executed = std::move(failure)};
    }
    if (info.si_code == CLD_EXITED) {
        return ExitStatus{.code = info.si_status};
    }
    return ExitStatus{.signal = info.si_status};
}

/// What the child wrote instead of running its program.
std::optional<Error> Child::read_failure() const {
    Failure failure;
    if (read(exec_status_.get(), &failure, sizeof failure) != sizeof failure) {
        return std::nullopt;
    }
    return Error{failure.code, describe(failure.step, program_, identity_)};
}

}  // namespace os
