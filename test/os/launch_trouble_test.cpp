#include <fcntl.h>
#include <poll.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "os/fd.hpp"
#include "os/launch_stage.hpp"
#include "os/launcher.hpp"
#include "os/process.hpp"
#include "os/script_folder.hpp"

using os_test::LaunchStage;
using os_test::ScriptFolder;

namespace {

/// More than a socket has room for.
constexpr int too_many = 500;

constexpr int guard_ms = 20'000;

/// A script that tells that it runs, and hangs.
std::string hanging_script(const ScriptFolder& folder, const std::string& name) {
    return folder.script(name, "#!/bin/sh\necho $$ > $0.pid\nexec sleep 1000\n");
}

/// While this is open, whoever executes the program waits; closed if we may not do that.
os::Fd hold_back(const std::string& program) {
    os::Fd watcher(fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY | O_CLOEXEC));
    if (watcher.is_open() && fanotify_mark(watcher.get(), FAN_MARK_ADD, FAN_OPEN_EXEC_PERM,
                                           AT_FDCWD, program.c_str()) != 0) {
        watcher.close();
    }
    return watcher;
}

std::ptrdiff_t count_threads(pid_t pid) {
    return std::distance(
        std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task"), {});
}

}  // namespace

TEST_CASE("a launcher that was stopped hears of each run that is to end", "[os]") {
    const ScriptFolder folder;
    LaunchStage stage;
    std::vector<os::Run> runs;
    for (const std::string name : {"noise", "killed", "dropped"}) {
        runs.push_back(stage.launch(LaunchStage::command({hanging_script(folder, name)})));
    }
    stage.wait_until([&] {
        return folder.has("noise.pid") && folder.has("killed.pid") && folder.has("dropped.pid");
    });
    const pid_t killed = std::stoi(folder.read("killed.pid"));
    const pid_t dropped = std::stoi(folder.read("dropped.pid"));
    kill(stage.launcher->process(), SIGSTOP);
    for (int i = 0; i < too_many; ++i) {
        runs[0].kill();
    }

    runs[1].kill();
    runs.pop_back();
    kill(stage.launcher->process(), SIGCONT);

    while (stage.ends.size() < 2) {
        REQUIRE(stage.turn());
    }
    stage.wait_until([=] { return kill(killed, 0) != 0 && kill(dropped, 0) != 0; });
    CHECK(stage.killed.size() == 2);
}

TEST_CASE("a launcher that was stopped runs all that it was asked for meanwhile", "[os]") {
    LaunchStage stage;
    CHECK(stage.run(LaunchStage::command({"/bin/true"})).status == os::ExitStatus{});
    kill(stage.launcher->process(), SIGSTOP);
    std::vector<os::Run> runs;
    for (std::size_t i = 0; i < too_many; ++i) {
        runs.push_back(stage.launch(LaunchStage::command({"/bin/true"})));
    }

    kill(stage.launcher->process(), SIGCONT);

    while (stage.ends.size() < 1 + too_many) {
        REQUIRE(stage.turn());
        CHECK(stage.ends.back().status == os::ExitStatus{});
    }
}

TEST_CASE("programs that flood their standard error make no threads for others", "[os]") {
    const ScriptFolder folder;
    const std::string flood = folder.script("flood", "#!/bin/sh\nexec yes >&2\n");
    LaunchStage stage;
    std::vector<os::Run> runs;
    for (int i = 0; i < 3; ++i) {
        runs.push_back(stage.launch(LaunchStage::command({flood})));
    }
    constexpr std::size_t count = 1000;
    for (std::size_t i = 0; i < count; ++i) {
        runs.push_back(stage.launch(LaunchStage::command({"/bin/true"})));
    }

    while (stage.ends.size() < count) {
        REQUIRE(stage.turn());
    }

    CHECK(count_threads(stage.launcher->process()) <= 16);
}

TEST_CASE("the threads that hanging starts have made end when they are idle", "[os]") {
    const ScriptFolder folder;
    const std::string hangs = folder.script("hangs", "#!/bin/sh\n");
    os::Fd watcher = hold_back(hangs);
    if (!watcher.is_open()) {
        return;
    }
    LaunchStage stage;
    std::vector<os::Run> runs;
    constexpr std::size_t count = 10;
    for (std::size_t i = 0; i < count; ++i) {
        runs.push_back(stage.launch(LaunchStage::command({hangs})));
    }
    const pid_t launcher = stage.launcher->process();
    stage.wait_until([=] { return count_threads(launcher) > 10; });

    watcher.close();

    while (stage.ends.size() < count) {
        REQUIRE(stage.turn());
    }
    stage.wait_until([=] { return count_threads(launcher) <= 5; });
    CHECK(stage.run(LaunchStage::command({"/bin/true"})).status == os::ExitStatus{});
}

TEST_CASE("a program that goes on starting others in sessions of their own is killed with all",
          "[os]") {
    const ScriptFolder folder;
    const std::string pipe = folder.path("script.pipe");
    REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
    // It has no more writers when the last of them has ended.
    const os::Fd pipe_end(open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    const std::string busy = folder.script("busy",
                                           "#!/bin/sh\n"
                                           "i=0\n"
                                           "while [ $i -lt 500 ]; do\n"
                                           "  sleep 60 &\n"
                                           "  i=$((i + 1))\n"
                                           "  [ $i = 150 ] && echo > $0.many\n"
                                           "done\n"
                                           "wait\n");
    const std::string script = folder.script("script",
                                             "#!/bin/sh\n"
                                             "exec 3> $0.pipe\n"
                                             "for i in 1 2 3 4; do setsid " +
                                                 busy +
                                                 " & done\n"
                                                 "wait\n");
    LaunchStage stage;
    os::Run run = stage.launch(LaunchStage::command({script}));
    stage.wait_until([&] { return folder.has("busy.many"); });

    run.kill();

    REQUIRE(stage.turn());
    CHECK(stage.ends.back().status.signal == SIGKILL);
    pollfd entry{pipe_end.get(), POLLIN, 0};
    CHECK(poll(&entry, 1, guard_ms) == 1);
    CHECK((entry.revents & POLLHUP) != 0);
}

TEST_CASE("what a launcher that is killed was running is killed, also in other sessions", "[os]") {
    const ScriptFolder folder;
    const std::string script = folder.script("script",
                                             "#!/bin/sh\n"
                                             "cd $(dirname $0)\n"
                                             "sleep 60 &\n"
                                             "echo $! > child\n"
                                             "setsid sh -c 'echo $$ > other; exec sleep 60' &\n"
                                             "wait\n");
    LaunchStage stage;
    const os::Run run = stage.launch(LaunchStage::command({script}));
    stage.wait_until([&] { return folder.has("child") && folder.has("other"); });
    const pid_t launcher = stage.launcher->process();

    kill(launcher, SIGKILL);

    REQUIRE(stage.turn());
    CHECK(stage.ends.back().is_lost);
    // Also reaped: a process that has ended, and was not, can be signalled.
    for (const pid_t pid : {std::stoi(folder.read("child")), std::stoi(folder.read("other")),
                            stage.ends.back().process, launcher}) {
        stage.wait_until([=] { return pid == 0 || kill(pid, 0) != 0; });
    }
}

TEST_CASE("a service that a program has left lives on when the launcher is killed", "[os]") {
    const ScriptFolder folder;
    const std::string script =
        folder.script("script",
                      "#!/bin/sh\n"
                      "cd $(dirname $0)\n"
                      "setsid sh -c 'echo $$ > service; exec sleep 60' > /dev/null 2>&1 &\n"
                      "while ! [ -s service ]; do :; done\n");
    LaunchStage stage;
    CHECK(stage.run(LaunchStage::command({script})).status == os::ExitStatus{});
    const pid_t launcher = stage.launcher->process();

    kill(launcher, SIGKILL);

    // It is reaped when what it was running is dead.
    stage.wait_until([=] { return kill(launcher, 0) != 0; });
    const pid_t service = std::stoi(folder.read("service"));
    CHECK(kill(service, SIGKILL) == 0);
    siginfo_t info{};
    CHECK(waitid(P_PID, static_cast<id_t>(service), &info, WEXITED) == 0);
    CHECK(info.si_status == SIGKILL);
}
