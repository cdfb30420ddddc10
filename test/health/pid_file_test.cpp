#include "health/pid_file.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>

#include "catch2.hpp"
#include "health/named_process.hpp"
#include "health/process_files.hpp"
#include "health/stage.hpp"
#include "os/script_folder.hpp"

using health::ProbeResult;
using health_test::NamedProcess;
using health_test::Stage;
using health_test::unique_name;

namespace {

using namespace std::chrono_literals;

health::CheckConfig check_of(const std::string& path) {
    return {.name = "service",
            .probe = health::ProcessProbeConfig{.pattern = health::ProcessPidFile{path}},
            .weight = {}};
}

ProbeResult first_result(const std::string& path) {
    Stage stage;
    stage.start(check_of(path), [&] { stage.done(); });
    REQUIRE(stage.run());
    return stage.last();
}

long switches() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_nvcsw;
}

/// Plays scenes, each begun by the result that the one before has led to.
void play(const std::string& path, const std::vector<std::function<void()>>& scenes,
          std::vector<ProbeResult>& results) {
    Stage stage;
    stage.start(check_of(path), [&] {
        const std::size_t scene = stage.results.size() - 1;
        scene < scenes.size() ? scenes[scene]() : stage.done();
    });
    REQUIRE(stage.run());
    results = stage.results;
}

/// Makes a file another user's, and another time's.
void date(const std::string& path, uid_t owner, time_t seconds) {
    const std::array<timespec, 2> times{timespec{seconds, 0}, timespec{seconds, 0}};
    REQUIRE(chown(path.c_str(), owner, owner) == 0);
    REQUIRE(utimensat(AT_FDCWD, path.c_str(), times.data(), 0) == 0);
}

/// A child that sleeps under a number of one that is gone; 0 where the kernel lets nobody choose.
pid_t fork_as(pid_t pid) {
    clone_args arguments{};
    arguments.exit_signal = SIGCHLD;
    arguments.set_tid = reinterpret_cast<std::uintptr_t>(&pid);
    arguments.set_tid_size = 1;
    const long child = syscall(SYS_clone3, &arguments, sizeof(arguments));
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (true) {
            pause();
        }
    }
    return child > 0 ? static_cast<pid_t>(child) : 0;
}

}  // namespace

TEST_CASE("a pid file that is no good says what is wrong", "[health]") {
    const os_test::ScriptFolder folder;
    const auto detail = [&](const std::string& content) {
        return first_result(folder.file("pid", content, 0644))
            .detail.substr(folder.path("pid").size());
    };

    CHECK(first_result(folder.path("none")).detail ==
          folder.path("none") + ": No such file or directory");
    CHECK(first_result("/no/folder/pid").detail == "/no/folder/pid: No such file or directory");
    CHECK(detail("") == " is empty");
    CHECK(detail(" \n") == " is empty");
    CHECK(detail("\n12\n") == " begins with a blank line");
    CHECK(detail("nginx\x1b[0m\n") == " says \"nginx?[0m\", which is no process number");
    CHECK(detail("12x") == " says \"12x\", which is no process number");
    CHECK(detail("-1") == " says \"-1\", which is no process number");
    CHECK(detail("0") == " says \"0\", which is no process number");
    CHECK(detail("99999999999999999999") ==
          " says \"99999999999999999999\", which is no process number");
    CHECK(detail("4194305") == " names process 4194305, which does not run");
}

TEST_CASE("what is no file is not waited for", "[health]") {
    const os_test::ScriptFolder folder;
    REQUIRE(mkfifo(folder.path("pipe").c_str(), 0644) == 0);

    CHECK(first_result(folder.path("pipe")).detail == folder.path("pipe") + " is a FIFO");
    CHECK(first_result("/dev/null").detail == "/dev/null is a device");
    CHECK(first_result("/tmp").detail == "/tmp is a folder");
}

TEST_CASE("a pid file that we may not read says so", "[health]") {
    if (geteuid() != 0) {
        return;
    }
    const os_test::ScriptFolder folder;
    const std::string path = folder.file("pid", std::to_string(getpid()), 0600);
    const NamedProcess nobody([&] {
        const bool is_other = setresuid(65534, 65534, 65534) == 0;
        const auto content = health::read_pid_file(path);
        _exit(is_other && !content &&
                      content.error().text == path + " can't be read: Permission denied"
                  ? 42
                  : 1);
    });

    siginfo_t info{};
    waitid(P_PID, static_cast<id_t>(nobody.pid()), &info, WEXITED | WNOWAIT);
    CHECK(info.si_status == 42);
}

TEST_CASE("the process that a pid file names is watched", "[health]") {
    const os_test::ScriptFolder folder;
    const NamedProcess process(unique_name());
    const std::string path = folder.file("pid", " " + process.text() + " \n/data\n", 0644);
    std::vector<ProbeResult> results;

    play(path, {[&] { process.kill(SIGKILL); }}, results);

    CHECK(results[0] == ProbeResult{true, "1 process is alive", {}, ""});
    CHECK(results[1] ==
          ProbeResult{false, "process " + process.text() + " exited, signal 9", {}, ""});
}

TEST_CASE("a pid file in a folder yet to come is found at once", "[health]") {
    const os_test::ScriptFolder folder;
    const NamedProcess process(unique_name());
    const std::string path = folder.path("run/service/pid");
    Stage stage;
    vrrp::Instant written;

    stage.start(check_of(path), [&] {
        if (stage.last().is_good) {
            CHECK(stage.loop.now() - written < 500ms);
            stage.done();
            return;
        }
        // When all looks are done that a bad result leads to.
        stage.after(1500ms, [&] { std::filesystem::create_directory(folder.path("run")); });
        stage.after(1600ms, [&] { std::filesystem::create_directory(folder.path("run/service")); });
        stage.after(1700ms, [&] {
            written = stage.loop.now();
            static_cast<void>(folder.file("run/service/pid", process.text(), 0644));
        });
    });

    CHECK(stage.run());
}

TEST_CASE("a successor in the pid file takes over, as nginx does it", "[health]") {
    const os_test::ScriptFolder folder;
    const NamedProcess old(unique_name());
    const NamedProcess successor(unique_name());
    const std::string path = folder.file("pid", old.text(), 0644);
    Stage stage;

    stage.start(check_of(path), [&] {
        if (stage.results.size() == 1) {
            std::filesystem::rename(path, path + ".oldbin");
            stage.after(100ms,
                        [&] { static_cast<void>(folder.file("pid", successor.text(), 0644)); });
            stage.after(200ms, [&] { old.kill(SIGKILL); });
            stage.after(400ms, [&] { successor.kill(SIGKILL); });
        }
        if (!stage.last().is_good) {
            stage.done();
        }
    });

    REQUIRE(stage.run());
    CHECK(stage.last().detail == "process " + successor.text() + " exited, signal 9");
}

TEST_CASE("what others write beside a pid file does not wake the daemon", "[health]") {
    const os_test::ScriptFolder folder;
    const NamedProcess process(unique_name());
    const std::string path = folder.file("pid", process.text(), 0644);
    const NamedProcess writer([&] {
        const int fd = open(folder.path("log").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            // The pipe by which the test knows that it runs.
            dup2(fd, STDERR_FILENO);
            closefrom(STDERR_FILENO + 1);
            while (pwrite(STDERR_FILENO, "line\n", 5, 0) == 5) {
                poll(nullptr, 0, 1);
            }
        }
    });
    Stage stage;
    long before = 0;
    long after = 0;

    stage.start(check_of(path), [&] {
        stage.after(1500ms, [&] { before = switches(); });
        stage.after(2500ms, [&] {
            after = switches();
            stage.done();
        });
    });

    REQUIRE(stage.run());
    CHECK(after - before < 100);
}

TEST_CASE("a number that has passed to another user's process names nobody", "[health]") {
    if (geteuid() != 0) {
        return;
    }
    const os_test::ScriptFolder folder;
    const NamedProcess process(unique_name());
    const std::string path = folder.file("pid", process.text(), 0644);
    const auto write_as = [&](uid_t owner, time_t seconds) {
        date(path, owner, seconds);
        return first_result(path);
    };
    const time_t long_ago = health::process_start_time(process.pid()).value() - 5;
    constexpr time_t far_ahead = 4'000'000'000;

    CHECK(write_as(0, long_ago).is_good);
    CHECK(write_as(65534, far_ahead).is_good);
    const ProbeResult passed_on = write_as(65534, long_ago);
    CHECK_FALSE(passed_on.is_good);
    CHECK(passed_on.detail.find("the number has passed on") != std::string::npos);
}

TEST_CASE("a file in memory from before the host's start tells of a clock that was set",
          "[health]") {
    std::string folder = "/dev/shm/understudy-test-XXXXXX";
    struct statfs file_system{};
    if (geteuid() != 0 || statfs("/dev/shm", &file_system) != 0 ||
        file_system.f_type != TMPFS_MAGIC || mkdtemp(folder.data()) == nullptr) {
        return;
    }
    const NamedProcess process(unique_name());
    const std::string path = folder + "/pid";
    std::ofstream(path) << process.text();
    date(path, 65534, health::host_start_time().value() - 3600);

    CHECK(first_result(path).detail == "1 process is alive");

    std::filesystem::remove_all(folder);
}

TEST_CASE("a number that was found and has passed on since is looked at anew", "[health]") {
    if (geteuid() != 0) {
        return;
    }
    const os_test::ScriptFolder folder;
    std::optional<NamedProcess> process(unique_name());
    const std::string path = folder.file("pid", process->text(), 0644);
    date(path, 0, health::process_start_time(process->pid()).value() - 5);
    Stage stage;
    const auto file = health::PidFile::open(stage.loop, path, [](vrrp::Instant) {});
    REQUIRE(file);
    REQUIRE((*file)->find(vrrp::Instant{}));

    const pid_t pid = process->pid();
    date(path, 65534, health::process_start_time(getpid()).value() - 5);
    const auto ticks = health::process_start_ticks(pid);
    process.reset();
    pid_t successor = fork_as(pid);
    // The kernel counts a process's start in ticks.
    while (successor != 0 && health::process_start_ticks(successor) == ticks) {
        kill(successor, SIGKILL);
        waitpid(successor, nullptr, 0);
        successor = fork_as(pid);
    }
    if (successor == 0) {
        return;
    }
    const auto found = (*file)->find(vrrp::Instant{});
    kill(successor, SIGKILL);
    waitpid(successor, nullptr, 0);

    REQUIRE_FALSE(found);
    CHECK(found.error().text.find("the number has passed on") != std::string::npos);
}
