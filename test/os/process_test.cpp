#include "os/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "os/limits.hpp"
#include "os/script_folder.hpp"

namespace {

constexpr int guard_ms = 20'000;

bool becomes_readable(int fd) {
    pollfd entry{fd, POLLIN, 0};
    return poll(&entry, 1, guard_ms) == 1;
}

os::Command command(std::vector<std::string> arguments, std::optional<os::Identity> identity = {}) {
    return {.arguments = std::move(arguments),
            .environment = {"PATH=/usr/bin:/bin"},
            .identity = identity};
}

os::Child spawn(const os::Command& command) {
    auto child = os::Child::spawn(command);
    REQUIRE(child);
    return std::move(*child);
}

os::ExitStatus wait_for(os::Child& child) {
    REQUIRE(becomes_readable(child.pidfd()));
    auto status = child.reap();
    REQUIRE(status);
    return *status;
}

/// What comes out of a descriptor until `end` has come, or its other end is closed.
std::string read_until(int fd, const std::string& end) {
    std::string text;
    std::array<char, 4096> buffer{};
    while (text.find(end) == std::string::npos && becomes_readable(fd)) {
        const ssize_t size = read(fd, buffer.data(), buffer.size());
        if (size <= 0) {
            break;
        }
        text.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return text;
}

std::string read_all(int fd) {
    return read_until(fd, std::string(1, '\0'));
}

os::Fd open_process(pid_t pid) {
    auto pidfd = os::open_process(pid);
    REQUIRE(pidfd);
    return std::move(*pidfd);
}

/// A descriptor for the process whose number a child has written to its standard error.
os::Fd open_told_process(const os::Child& child) {
    return open_process(std::stoi(read_until(child.standard_error(), "\n")));
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a child tells its exit status and what it wrote to standard error", "[os]") {
    const os_test::ScriptFolder folder;
    auto child =
        spawn(command({folder.script("fail", "#!/bin/sh\necho no service >&2\nexit 3\n")}));

    const auto status = wait_for(child);

    CHECK_FALSE(status.not_executed);
    CHECK(status.code == 3);
    CHECK(status.signal == 0);
    CHECK(read_all(child.standard_error()) == "no service\n");
    CHECK_FALSE(child.reap());
}

TEST_CASE("a child tells the signal that ended it", "[os]") {
    const os_test::ScriptFolder folder;
    auto child = spawn(command({folder.script("suicide", "#!/bin/sh\nkill -TERM $$\n")}));

    const auto status = wait_for(child);

    CHECK(status.signal == SIGTERM);
    CHECK_FALSE(status.not_executed);
}

TEST_CASE("a program that cannot be executed is told with the reason", "[os]") {
    const os_test::ScriptFolder folder;
    const auto message = [](const std::string& program) {
        auto child = spawn(command({program}));
        return wait_for(child).not_executed.value().message();
    };

    CHECK(message("/missing/program") == "execute /missing/program: No such file or directory");
    const std::string plain = folder.file("plain", "#!/bin/sh\n", 0644);
    CHECK(message(plain) == "execute " + plain + ": Permission denied");
    const std::string orphan = folder.script("orphan", "#!/missing/interpreter\n");
    CHECK(message(orphan) == "find the interpreter of " + orphan + ": No such file or directory");
    const std::string text = folder.script("text", "no interpreter named\n");
    CHECK(message(text) == "execute " + text + ": Exec format error");
}

TEST_CASE("a child sees its own environment, no input and no other descriptor", "[os]") {
    const os_test::ScriptFolder folder;
    const std::string script = folder.script("look",
                                             "#!/bin/sh\n"
                                             "read line && echo input >&2\n"
                                             "pwd >&2; umask >&2; env >&2\n"
                                             "ls /proc/$$/fd | tr '\\n' ' ' >&2\n");
    const os::Fd inherited(open("/dev/null", O_RDONLY));
    REQUIRE(fcntl(inherited.get(), F_GETFD) == 0);

    auto child = spawn(command({script}));
    wait_for(child);

    const std::string seen = read_all(child.standard_error());
    CHECK_FALSE(has(seen, "input"));
    CHECK(has(seen, "/\n0077\n"));
    CHECK(has(seen, "PATH=/usr/bin:/bin\n"));
    CHECK_FALSE(has(seen, "HOME="));
    // The shell holds its own script open, as descriptor 10.
    CHECK(has(seen, "\n0 1 10 2 "));
}

TEST_CASE("a child starts without blocked or ignored signals", "[os]") {
    const os_test::ScriptFolder folder;
    const std::string script =
        folder.script("look", "#!/bin/sh\ngrep -E 'Sig(Blk|Ign)' /proc/self/status >&2\n");
    sigset_t blocked;
    sigset_t before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    const auto handler = signal(SIGPIPE, SIG_IGN);

    auto child = spawn(command({script}));
    wait_for(child);

    sigset_t after;
    sigprocmask(SIG_SETMASK, &before, &after);
    signal(SIGPIPE, handler);
    CHECK(read_all(child.standard_error()) ==
          "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    CHECK(sigismember(&after, SIGUSR1) == 1);
    CHECK(sigismember(&after, SIGUSR2) == 0);
}

TEST_CASE("a child of another user has neither groups nor capabilities", "[os]") {
    if (geteuid() != 0) {
        return;
    }
    const os_test::ScriptFolder folder;
    const std::string script = folder.script("look", "#!/bin/sh\ncat /proc/self/status >&2\n");
    const auto nobody = os::find_user("nobody");
    REQUIRE(nobody);

    auto child = spawn(command({script}, nobody));
    CHECK(wait_for(child).code == 0);

    const std::string status = read_all(child.standard_error());
    const std::string user = std::to_string(nobody->user);
    CHECK(has(status, "Uid:\t" + user + "\t" + user + "\t" + user + "\t" + user + "\n"));
    CHECK(has(status, "Groups:\t \n"));
    CHECK(has(status, "NoNewPrivs:\t1\n"));
    for (const std::string set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
        CHECK(has(status, set + ":\t0000000000000000\n"));
    }
}

TEST_CASE("a child that stays root has no capabilities either", "[os]") {
    const os_test::ScriptFolder folder;
    auto child = spawn(command({folder.script("look", "#!/bin/sh\ncat /proc/self/status >&2\n")}));
    wait_for(child);

    const std::string status = read_all(child.standard_error());
    CHECK(has(status, "CapPrm:\t0000000000000000\n"));
    CHECK(has(status, "CapEff:\t0000000000000000\n"));
}

TEST_CASE("a child that may not become its user is told with the reason", "[os]") {
    if (geteuid() == 0) {
        return;
    }
    auto child = spawn(command({"/bin/true"}, os::Identity{0, 0}));

    const auto status = wait_for(child);

    REQUIRE(status.not_executed);
    CHECK(status.not_executed->code == EPERM);
}

TEST_CASE("killing a child's group kills what it has started", "[os]") {
    const os_test::ScriptFolder folder;
    auto child =
        spawn(command({folder.script("parent", "#!/bin/sh\nsleep 1000 &\necho $! >&2\nwait\n")}));
    const os::Fd grandchild = open_told_process(child);

    child.kill_group();

    CHECK(wait_for(child).signal == SIGKILL);
    CHECK(becomes_readable(grandchild.get()));
}

TEST_CASE("reaping a child kills what it has left behind", "[os]") {
    const os_test::ScriptFolder folder;
    auto child =
        spawn(command({folder.script("parent", "#!/bin/sh\nsleep 1000 &\necho $! >&2\n")}));
    const os::Fd grandchild = open_told_process(child);

    CHECK(wait_for(child).code == 0);

    CHECK(becomes_readable(grandchild.get()));
}

TEST_CASE("a child dropped by its owner is killed and reaped", "[os]") {
    const os_test::ScriptFolder folder;
    std::optional<os::Child> child =
        spawn(command({folder.script("parent", "#!/bin/sh\nsleep 1000 &\necho $! >&2\nwait\n")}));
    const os::Fd grandchild = open_told_process(*child);
    const auto pid = static_cast<id_t>(child->pid());

    child.reset();

    CHECK(becomes_readable(grandchild.get()));
    siginfo_t info{};
    // Another thread reaps it, so it can still be seen for a moment.
    while (waitid(P_PID, pid, &info, WEXITED | WNOWAIT) == 0) {
    }
    CHECK(errno == ECHILD);
}

TEST_CASE("a child that another replaces is killed", "[os]") {
    auto child = spawn(command({"/bin/sleep", "1000"}));
    const os::Fd first = open_process(child.pid());

    child = spawn(command({"/bin/true"}));

    CHECK(becomes_readable(first.get()));
    CHECK(wait_for(child).code == 0);
}

TEST_CASE("a child dies with the daemon, even when that is killed", "[os]") {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    const os::Fd reading(ends[0]);
    os::Fd writing(ends[1]);
    const pid_t daemon = fork();
    if (daemon == 0) {
        const auto child = os::Child::spawn(command({"/bin/sleep", "1000"}));
        const pid_t pid = child->pid();
        [[maybe_unused]] const ssize_t written = write(writing.get(), &pid, sizeof pid);
        pause();
        _exit(0);
    }
    pid_t pid = 0;
    REQUIRE(read(reading.get(), &pid, sizeof pid) == sizeof pid);
    const os::Fd child = open_process(pid);

    kill(daemon, SIGKILL);

    CHECK(becomes_readable(child.get()));
    waitid(P_PID, static_cast<id_t>(daemon), nullptr, WEXITED);
}

TEST_CASE("no child is started when descriptors have run out", "[os]") {
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const os::Fd next(dup(STDIN_FILENO));
    const rlimit tight{.rlim_cur = static_cast<rlim_t>(next.get()) + 3,
                       .rlim_max = before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &tight);

    const auto child = os::Child::spawn(command({"/bin/true"}));

    setrlimit(RLIMIT_NOFILE, &before);
    REQUIRE_FALSE(child);
    CHECK(child.error().message() == "start /bin/true: Too many open files");
    CHECK(waitid(P_ALL, 0, nullptr, WEXITED | WNOHANG) == -1);
}

TEST_CASE("a user is found by name", "[os]") {
    const auto root = os::find_user("root");
    REQUIRE(root);
    CHECK(root->user == 0);
    CHECK(root->group == 0);
    CHECK_FALSE(os::find_user("no-such-user"));
}

TEST_CASE("a child may open as many files as the daemon when it started", "[os]") {
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    os::raise_open_file_limit();
    rlimit raised{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &raised) == 0);
    CHECK(raised.rlim_cur == before.rlim_max);

    auto child = spawn(command({"/bin/sh", "-c", "ulimit -Sn >&2; ulimit -Hn >&2"}));
    const std::string limits = read_all(child.standard_error());
    REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);

    CHECK(limits ==
          std::to_string(before.rlim_cur) + "\n" + std::to_string(before.rlim_max) + "\n");
    CHECK(wait_for(child).code == 0);
}
