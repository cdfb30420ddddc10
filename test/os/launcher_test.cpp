#include "os/launcher.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/fanotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "os/launch_stage.hpp"
#include "os/limits.hpp"
#include "os/process.hpp"
#include "os/scheduling.hpp"
#include "os/script_folder.hpp"

using os_test::LaunchStage;
using os_test::ScriptFolder;

namespace {

constexpr int guard_ms = 20'000;

os::Command command(std::vector<std::string> arguments, std::vector<std::string> users = {}) {
    return LaunchStage::command(std::move(arguments), std::move(users));
}

/// What a script of that text did, run by itself.
os::RunResult result_of(const std::string& text, std::vector<std::string> users = {}) {
    const ScriptFolder folder;
    LaunchStage stage;
    return stage.run(command({folder.script("script", text)}, std::move(users)));
}

bool ends_soon(const os::Fd& process) {
    pollfd entry{process.get(), POLLIN, 0};
    return poll(&entry, 1, guard_ms) == 1;
}

/// The process whose number stands in a file.
os::Fd open_told_process(const ScriptFolder& folder, const std::string& name) {
    auto process = os::open_process(std::stoi(folder.read(name)));
    REQUIRE(process);
    return std::move(*process);
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::ptrdiff_t count_descriptors(pid_t pid) {
    return std::distance(
        std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd"), {});
}

/// The resident memory of a process that is its own, in KiB.
int private_memory(pid_t pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/smaps_rollup");
    int total = 0;
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("Private_")) {
            total += std::atoi(line.c_str() + line.find(':') + 1);
        }
    }
    return total;
}

/// States of all processes whose parent is this one: "S", "Z", …
std::string states_of_children(pid_t pid) {
    std::string states;
    for (const pid_t child : os::descendants_of(pid)) {
        std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
        std::string line;
        std::getline(stat, line);
        states += line.empty() ? '-' : line[line.rfind(')') + 2];
    }
    return states;
}

}  // namespace

TEST_CASE("a program tells its exit status and what it wrote to standard error", "[os]") {
    const auto result = result_of("#!/bin/sh\necho no service >&2\nexit 3\n");

    CHECK(result.status == os::ExitStatus{.not_executed = "", .code = 3, .signal = 0});
    CHECK(result.output == "no service\n");
    CHECK(result.process > 0);
    CHECK(result.identity == os::Identity{geteuid(), getegid()});
}

TEST_CASE("a program tells the signal that ended it", "[os]") {
    const auto result = result_of("#!/bin/sh\nkill -TERM $$\n");

    CHECK(result.status == os::ExitStatus{.not_executed = "", .code = 0, .signal = SIGTERM});
}

TEST_CASE("a program that cannot be executed is told with the reason", "[os]") {
    const ScriptFolder folder;
    LaunchStage stage;
    const auto reason = [&stage](const std::string& program) {
        return stage.run(command({program})).status.not_executed;
    };

    CHECK(reason("/missing/program") == "execute /missing/program: No such file or directory");
    const std::string plain = folder.file("plain", "#!/bin/sh\n", 0644);
    CHECK(reason(plain) == "execute " + plain + ": Permission denied");
    const std::string orphan = folder.script("orphan", "#!/missing/interpreter\n");
    CHECK(reason(orphan) == "find the interpreter of " + orphan + ": No such file or directory");
    const std::string text = folder.script("text", "no interpreter named\n");
    CHECK(reason(text) == "execute " + text + ": Exec format error");
}

TEST_CASE("a user or group that does not exist is the reason", "[os]") {
    LaunchStage stage;
    auto lost = command({"/bin/true"}, {"no-such-user"});
    CHECK(stage.run(lost).status.not_executed == "there is no user no-such-user");
    lost.users = {"no-such-user", "nobody"};
    lost.group = "no-such-group";
    CHECK(stage.run(lost).status.not_executed == "there is no group no-such-group");
}

TEST_CASE("a program sees its own environment, no input and no other descriptor", "[os]") {
    const os::Fd inherited(open("/dev/null", O_RDONLY));
    REQUIRE(fcntl(inherited.get(), F_GETFD) == 0);

    const std::string seen = result_of(
                                 "#!/bin/sh\n"
                                 "read line && echo input >&2\n"
                                 "pwd >&2; umask >&2; env >&2\n"
                                 "ls /proc/$$/fd | tr '\\n' ' ' >&2\n")
                                 .output;

    CHECK_FALSE(has(seen, "input"));
    CHECK(has(seen, "/\n0077\n"));
    CHECK(has(seen, "PATH=/usr/bin:/bin\n"));
    CHECK_FALSE(has(seen, "HOME="));
    // The shell holds its own script open, as descriptor 10.
    CHECK(has(seen, "\n0 1 10 2 "));
}

TEST_CASE("a program starts without blocked or ignored signals", "[os]") {
    sigset_t blocked;
    sigset_t before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    const auto handler = signal(SIGPIPE, SIG_IGN);

    const auto result = result_of("#!/bin/sh\ngrep -E 'Sig(Blk|Ign)' /proc/self/status >&2\n");

    sigset_t after;
    sigprocmask(SIG_SETMASK, &before, &after);
    signal(SIGPIPE, handler);
    CHECK(result.output == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    CHECK(sigismember(&after, SIGUSR1) == 1);
    CHECK(sigismember(&after, SIGUSR2) == 0);
}

TEST_CASE("a program of another user has neither groups nor capabilities", "[os]") {
    if (geteuid() != 0) {
        return;
    }
    const auto nobody = os::find_user("nobody");
    REQUIRE(nobody);

    const auto result = result_of(
        "#!/bin/sh\ngrep -E '^(Uid|Groups|NoNewPrivs|Cap(Inh|Prm|Eff|Amb)):' "
        "/proc/self/status >&2\n",
        {"nobody"});

    CHECK(result.identity == *nobody);
    const std::string user = std::to_string(nobody->user);
    CHECK(has(result.output, "Uid:\t" + user + "\t" + user + "\t" + user + "\t" + user + "\n"));
    CHECK(has(result.output, "Groups:\t \n"));
    CHECK(has(result.output, "NoNewPrivs:\t1\n"));
    for (const std::string set : {"CapInh", "CapPrm", "CapEff", "CapAmb"}) {
        CHECK(has(result.output, set + ":\t0000000000000000\n"));
    }
}

TEST_CASE("a program runs with the group that was asked for", "[os]") {
    if (geteuid() != 0) {
        return;
    }
    const ScriptFolder folder;
    LaunchStage stage;
    auto asked = command({folder.script("script", "#!/bin/sh\nid -G >&2\n")}, {"nobody"});
    asked.group = "daemon";

    const auto result = stage.run(asked);

    CHECK(result.output == std::to_string(*os::find_group("daemon")) + "\n");
}

TEST_CASE("a program that stays root has no capabilities either", "[os]") {
    const std::string status = result_of("#!/bin/sh\ngrep Cap /proc/self/status >&2\n").output;

    CHECK(has(status, "CapPrm:\t0000000000000000\n"));
    CHECK(has(status, "CapEff:\t0000000000000000\n"));
}

TEST_CASE("a program that may not become its user is told with the reason", "[os]") {
    if (geteuid() == 0) {
        return;
    }
    LaunchStage stage;
    CHECK(has(stage.run(command({"/bin/true"}, {"root"})).status.not_executed, "not permitted"));
}

TEST_CASE("a program is an ordinary process, whatever the daemon is", "[os]") {
    if (geteuid() != 0) {
        return;
    }
    const ScriptFolder folder;
    const std::string script = folder.script(
        "script",
        "#!/bin/sh\ncut -d' ' -f19,41 /proc/self/stat >&2\ncat /proc/self/oom_score_adj >&2\n"
        "grep VmLck /proc/self/status >&2\nulimit -c >&2\n");
    const pid_t daemon = fork();
    if (daemon == 0) {
        // All by itself, as none of it can be taken back.
        std::ofstream("/proc/self/oom_score_adj") << -500;
        const bool is_set = setpriority(PRIO_PROCESS, 0, -5) == 0 &&
                            os::become_realtime(1).has_value() && os::lock_memory().has_value();
        LaunchStage stage;
        const auto result = stage.run(command({script}));
        const bool is_good = result.output == "0 0\n0\nVmLck:\t       0 kB\n0\n" || !is_set;
        std::ofstream(folder.path("seen")) << result.output << is_set;
        _exit(is_good ? 0 : 1);
    }
    int status = -1;
    REQUIRE(waitpid(daemon, &status, 0) == daemon);
    INFO(folder.read("seen"));
    CHECK(status == 0);
}

TEST_CASE("killing a program kills what it has started, also in other sessions", "[os]") {
    const ScriptFolder folder;
    const std::string script = folder.script("script",
                                             "#!/bin/sh\n"
                                             "cd $(dirname $0)\n"
                                             "echo waiting >&2\n"
                                             "sleep 1000 &\n"
                                             "setsid sh -c 'echo $$ > other; exec sleep 1000' &\n"
                                             "echo $! > child\n"
                                             "wait\n");
    LaunchStage stage;
    os::Run run = stage.launch(command({script}));
    stage.wait_until([&] { return folder.has("child") && folder.has("other"); });
    const os::Fd child = open_told_process(folder, "child");
    const os::Fd other = open_told_process(folder, "other");

    run.kill();

    REQUIRE(stage.turn());
    CHECK(stage.killed == std::vector<std::string>{"waiting\n"});
    CHECK(stage.ends.back().status.signal == SIGKILL);
    CHECK(ends_soon(child));
    CHECK(ends_soon(other));
}

TEST_CASE("the end of a program ends what it leaves in its group, and no service of its own",
          "[os]") {
    const ScriptFolder folder;
    const std::string script =
        folder.script("script",
                      "#!/bin/sh\n"
                      "cd $(dirname $0)\n"
                      "sleep 1000 &\necho $! > child\n"
                      "setsid sh -c 'echo $$ > service; exec sleep 1000' > /dev/null 2>&1 &\n"
                      "while ! [ -s service ]; do :; done\n");
    LaunchStage stage;
    CHECK(stage.run(command({script})).status == os::ExitStatus{});

    const pid_t child = std::stoi(folder.read("child"));
    const pid_t service = std::stoi(folder.read("service"));
    stage.wait_until([child] { return kill(child, 0) != 0; });
    CHECK(states_of_children(stage.launcher->process()) == "S");
    // It came to the launcher, which reaps it.
    kill(service, SIGKILL);
    stage.wait_until([service] { return kill(service, 0) != 0; });
}

TEST_CASE("a run that is dropped is killed, and nothing is told of it", "[os]") {
    const ScriptFolder folder;
    const std::string script =
        folder.script("script", "#!/bin/sh\nsleep 1000 &\necho $! > $0.child\nwait\n");
    LaunchStage stage;
    std::optional<os::Run> run = stage.launch(command({script}));
    stage.wait_until([&] { return folder.has("script.child"); });
    const os::Fd child = open_told_process(folder, "script.child");

    run.reset();

    CHECK(ends_soon(child));
    CHECK(stage.run(command({"/bin/true"})).status == os::ExitStatus{});
    CHECK(stage.ends.size() == 1);
    CHECK(stage.killed.empty());
}

TEST_CASE("what runs ends with the daemon, even when that is killed", "[os]") {
    const ScriptFolder folder;
    REQUIRE(mkfifo(folder.path("script.pids").c_str(), 0666) == 0);
    const std::string script =
        folder.script("script", "#!/bin/sh\nsleep 1000 &\necho $$ $! > $0.pids\nwait\n");
    const pid_t daemon = fork();
    if (daemon == 0) {
        LaunchStage stage;
        const os::Run run = stage.launch(command({script}));
        (void)stage.turn();
        _exit(0);
    }
    pid_t parent_pid = 0;
    pid_t child_pid = 0;
    std::ifstream(folder.path("script.pids")) >> parent_pid >> child_pid;
    const auto parent = os::open_process(parent_pid);
    const auto child = os::open_process(child_pid);
    REQUIRE(parent);
    REQUIRE(child);

    kill(daemon, SIGKILL);

    CHECK(ends_soon(*parent));
    CHECK(ends_soon(*child));
    waitid(P_PID, static_cast<id_t>(daemon), nullptr, WEXITED);
}

TEST_CASE("what runs ends with the launcher, and another one is started", "[os]") {
    const ScriptFolder folder;
    const std::string script =
        folder.script("script", "#!/bin/sh\necho $$ > $0.pid\nexec sleep 1000\n");
    LaunchStage stage;
    const os::Run run = stage.launch(command({script}));
    stage.wait_until([&] { return folder.has("script.pid"); });
    const os::Fd running = open_told_process(folder, "script.pid");
    const pid_t first = stage.launcher->process();

    kill(first, SIGKILL);

    REQUIRE(stage.turn());
    CHECK(stage.ends.back().status.not_executed == "the launcher of scripts has ended");
    CHECK(ends_soon(running));
    CHECK(stage.run(command({"/bin/true"})).status == os::ExitStatus{});
    CHECK(stage.launcher->process() != first);
}

TEST_CASE("a launcher may be destroyed in what it tells", "[os]") {
    LaunchStage stage;
    auto launched = stage.launcher->launch(
        command({"/bin/true"}),
        [&stage](const os::RunResult& /*result*/, vrrp::Instant /*now*/) {
            stage.launcher.reset();
            stage.rest();
        },
        nullptr);
    REQUIRE(launched);
    REQUIRE(stage.turn());
    CHECK_FALSE(stage.launcher);
}

TEST_CASE("a program that hangs before it runs keeps no other back", "[os]") {
    // Whoever watches files may be asked before one is executed, and needn't answer: that stands
    // for a file server that doesn't.
    const ScriptFolder folder;
    const std::string hangs = folder.script("hangs", "#!/bin/sh\n");
    os::Fd watcher(fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY | O_CLOEXEC));
    if (!watcher.is_open() || fanotify_mark(watcher.get(), FAN_MARK_ADD, FAN_OPEN_EXEC_PERM,
                                            AT_FDCWD, hangs.c_str()) != 0) {
        return;
    }
    LaunchStage stage;
    std::vector<os::Run> hanging;
    for (int i = 0; i < 3; ++i) {
        hanging.push_back(stage.launch(command({hangs})));
    }

    CHECK(stage.run(command({"/bin/true"})).status == os::ExitStatus{});
    CHECK(stage.ends.size() == 1);
    for (os::Run& run : hanging) {
        run.kill();
    }
    // One that could run before its launcher hears of that would end by itself.
    stage.wait_until([&] { return stage.killed.size() == 3; });
    watcher.close();
    while (stage.ends.size() < 4) {
        REQUIRE(stage.turn());
    }
}

TEST_CASE("arguments that are too long are an error at once", "[os]") {
    LaunchStage stage;
    const auto run =
        stage.launcher->launch(command({"/bin/true", std::string(200'000, 'a')}), nullptr, nullptr);
    REQUIRE_FALSE(run);
    CHECK(run.error().message() == "start /bin/true: Argument list too long");
}

TEST_CASE("no launcher is started when descriptors have run out", "[os]") {
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    LaunchStage stage;
    const os::Fd next(dup(STDIN_FILENO));
    const rlimit tight{.rlim_cur = static_cast<rlim_t>(next.get()) + 1,
                       .rlim_max = before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &tight);

    const auto run = stage.launcher->launch(command({"/bin/true"}), nullptr, nullptr);

    setrlimit(RLIMIT_NOFILE, &before);
    REQUIRE_FALSE(run);
    CHECK(run.error().message() == "open a socket to the launcher of scripts: Too many open files");
    CHECK(stage.launcher->process() == 0);
}

TEST_CASE("a program may open as many files as the daemon when it started", "[os]") {
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    os::raise_open_file_limit();
    rlimit raised{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &raised) == 0);
    CHECK(raised.rlim_cur == before.rlim_max);

    const auto result = result_of("#!/bin/sh\nulimit -Sn >&2\nulimit -Hn >&2\n");
    REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);

    CHECK(result.output ==
          std::to_string(before.rlim_cur) + "\n" + std::to_string(before.rlim_max) + "\n");
}

TEST_CASE("thousands of runs leave neither descriptors nor memory nor zombies", "[os]") {
    LaunchStage stage;
    const auto run_some = [&stage](int count) {
        for (int i = 0; i < count; ++i) {
            REQUIRE(stage.run(command({"/bin/true"})).status == os::ExitStatus{});
        }
    };
    run_some(100);
    stage.ends.reserve(10'000);
    stage.timers.reserve(10'000);
    const pid_t launcher = stage.launcher->process();
    const auto ours = count_descriptors(getpid());
    const auto theirs = count_descriptors(launcher);
    const int memory = private_memory(launcher);

    run_some(5000);

    CHECK(stage.launcher->process() == launcher);
    CHECK(count_descriptors(getpid()) == ours);
    // The last run may not have been put away entirely when these were counted.
    CHECK(count_descriptors(launcher) <= theirs);
    CHECK(private_memory(launcher) <= memory + 256);
    CHECK(states_of_children(launcher).empty());
}
