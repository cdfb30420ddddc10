#include <pwd.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "catch2.hpp"
#include "health/named_process.hpp"
#include "health/stage.hpp"
#include "os/process.hpp"
#include "os/script_folder.hpp"
#include "os/service.hpp"

using health::ProbeResult;
using health_test::NamedProcess;
using health_test::Stage;
using os_test::ScriptFolder;
using namespace std::chrono_literals;

namespace {

/// Root runs scripts as nobody; who isn't root can only run them as himself.
std::string user() {
    return geteuid() == 0 ? "" : getpwuid(geteuid())->pw_name;
}

health::CheckConfig check_of(const std::string& program, vrrp::Duration interval = 20ms,
                             vrrp::Duration timeout = 20s) {
    return {.name = "service",
            .probe = health::ScriptProbeConfig{.command = {program}, .user = user()},
            .interval = interval,
            .timeout = timeout};
}

/// The result of the first run of a script with that text.
ProbeResult result_of(const std::string& text, vrrp::Duration timeout = 20s) {
    const ScriptFolder folder;
    Stage stage;
    stage.start(check_of(folder.script("check", text), 1s, timeout), [&] { stage.done(); });
    REQUIRE(stage.run());
    REQUIRE(stage.results.size() == 1);
    return stage.last();
}

os::Fd open_process(const std::string& pid) {
    auto opened = os::open_process(std::stoi(pid));
    REQUIRE(opened);
    return std::move(*opened);
}

/// A child of ours that has ended and was not reaped. The launcher of scripts is one that lives.
bool has_zombies() {
    siginfo_t info{};
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
}

/// Whether any child of ours is left.
bool has_children() {
    return waitid(P_ALL, 0, nullptr, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

std::ptrdiff_t count_descriptors() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

}  // namespace

TEST_CASE("a script that exits with status 0 is good", "[health]") {
    CHECK(result_of("#!/bin/sh\necho warning >&2\n") == ProbeResult{true, "exit status 0"});
}

TEST_CASE("a script that fails tells its exit status and its last words", "[health]") {
    CHECK(result_of("#!/bin/sh\nexit 7\n") == ProbeResult{false, "exit status 7"});
    CHECK(
        result_of("#!/bin/sh\necho trying >&2\necho connection refused >&2\necho >&2\nexit 1\n") ==
        ProbeResult{false, "exit status 1: connection refused"});
}

TEST_CASE("a script that a signal ends is bad", "[health]") {
    CHECK(result_of("#!/bin/sh\nkill -KILL $$\n") ==
          ProbeResult{false, "killed by signal 9 (Killed)"});
}

TEST_CASE("a script that cannot be executed is bad with the reason", "[health]") {
    const ScriptFolder folder;
    const auto result = [](const std::string& program) {
        Stage stage;
        stage.start(check_of(program), [&] { stage.done(); });
        REQUIRE(stage.run());
        CHECK_FALSE(stage.last().is_good);
        return stage.last().detail;
    };

    CHECK(result("/missing/check") ==
          "cannot be executed: execute /missing/check: No such file or directory");
    const std::string plain = folder.file("plain", "#!/bin/sh\n", 0644);
    CHECK(result(plain) == "cannot be executed: execute " + plain + ": Permission denied");
    const std::string orphan = folder.script("orphan", "#!/missing/interpreter\n");
    CHECK(result(orphan) ==
          "cannot be executed: find the interpreter of " + orphan + ": No such file or directory");
}

TEST_CASE("a script whose user does not exist is bad with the reason", "[health]") {
    auto check = check_of("/bin/true");
    std::get<health::ScriptProbeConfig>(check.probe).user = "no-such-user";
    Stage stage;

    stage.start(check, [&] { stage.done(); });

    REQUIRE(stage.run());
    CHECK(stage.last() == ProbeResult{false, "cannot be executed: there is no user no-such-user"});
}

TEST_CASE("a daemon that is not root runs a script of another user as nobody at all", "[health]") {
    if (geteuid() == 0) {
        return;
    }
    auto check = check_of("/bin/true");
    std::get<health::ScriptProbeConfig>(check.probe).user = "root";
    Stage stage;

    stage.start(check, [&] { stage.done(); });

    REQUIRE(stage.run());
    CHECK_FALSE(stage.last().is_good);
}

TEST_CASE("a script that floods its output is neither stuck nor kept", "[health]") {
    const ProbeResult result = result_of(
        "#!/bin/sh\n"
        "head -c 10000000 /dev/zero\n"
        "head -c 10000000 /dev/zero >&2\n"
        "echo >&2; echo the end >&2; exit 1\n");

    CHECK(result == ProbeResult{false, "exit status 1: the end"});
}

TEST_CASE("a script over its time is bad at the limit, and its group is killed", "[health]") {
    const ScriptFolder folder;
    const std::string script = folder.script("check",
                                             "#!/bin/sh\n"
                                             "trap 'exit 0' TERM\n"
                                             "echo $0 is waiting >&2\n"
                                             "sleep 1000 & echo $! > " +
                                                 folder.path("grandchild") +
                                                 "\n"
                                                 "while :; do wait; done\n");
    Stage stage;
    os::Fd grandchild;
    stage.when([&] { return folder.has("grandchild"); },
               [&] { grandchild = open_process(folder.read("grandchild")); });
    os::Source end;

    stage.start(check_of(script, 1s, 1s), [&] {
        CHECK(stage.last() == ProbeResult{false, "timed out after 1 s: " + script + " is waiting"});
        if (grandchild.is_open()) {
            end = stage.watch(grandchild.get(), [&] { stage.done(); });
        }
    });

    REQUIRE(stage.run());
}

TEST_CASE("a time limit is told in seconds", "[health]") {
    CHECK(result_of("#!/bin/sh\nsleep 1000\n", 250ms).detail == "timed out after 0.25 s");
}

TEST_CASE("a script runs again after it was over its time", "[health]") {
    const ScriptFolder folder;
    const std::string script = folder.script(
        "check", "#!/bin/sh\ncd $(dirname $0)\n[ -e second ] && exit 0\n: > second\nsleep 1000\n");
    Stage stage;

    stage.start(check_of(script, 300ms, 300ms), [&] {
        if (stage.last().is_good) {
            stage.done();
        }
    });

    REQUIRE(stage.run());
    REQUIRE(stage.results.size() >= 2);
    CHECK(stage.results[0].detail == "timed out after 0.3 s");
    stage.probe.reset();
    // The launcher is reaped in the background.
    while (has_children()) {
    }
}

TEST_CASE("a script that even a kill does not end is bad again at each start", "[health]") {
    // A tracer that does not wait for its tracee stands for a file server that does not answer.
    const ScriptFolder folder;
    const std::string script = folder.script(
        "check", "#!/bin/sh\necho $$ > " + folder.path("pid") + "\nexec sleep 1000\n");
    std::optional<NamedProcess> tracer;
    Stage stage;
    stage.when([&] { return folder.has("pid"); },
               [&] {
                   const pid_t pid = std::stoi(folder.read("pid"));
                   tracer.emplace([=] {
                       if (ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) != 0) {
                           _exit(1);
                       }
                   });
               });

    stage.start(check_of(script, 500ms, 2s), [&] {
        if (stage.results.size() == 3) {
            tracer.reset();
        }
        if (stage.results.size() > 3 && stage.last().detail == "timed out after 2 s") {
            stage.done();
        }
    });

    REQUIRE(stage.run());
    CHECK(stage.results[0].detail == "timed out after 2 s");
    CHECK(stage.results[1].detail == "timed out, and can't be ended");
    CHECK(stage.results[2].detail == "timed out, and can't be ended");
}

TEST_CASE("a script is never run twice at once", "[health]") {
    const ScriptFolder folder;
    REQUIRE(mkfifo(folder.path("go").c_str(), 0666) == 0);
    REQUIRE(chmod(folder.path("go").c_str(), 0666) == 0);
    const std::string script = folder.script(
        "check", "#!/bin/sh\ncd $(dirname $0)\necho start >> starts\nread line < go\n");
    Stage stage;
    std::string starts;
    stage.when([&] { return folder.has("starts"); },
               [&] {
                   stage.after(200ms, [&] {
                       starts = folder.read("starts");
                       std::ofstream(folder.path("go")) << "\n";
                   });
               });

    stage.start(check_of(script, 10ms), [&] { stage.done(); });

    REQUIRE(stage.run());
    CHECK(starts == "start\n");
}

TEST_CASE("a probe destroyed while its script runs kills it, and leaves no zombie", "[health]") {
    const ScriptFolder folder;
    const std::string script = folder.script(
        "check", "#!/bin/sh\necho $$ > " + folder.path("pid") + "\nexec sleep 1000\n");
    Stage stage;
    os::Fd running;
    stage.when([&] { return folder.has("pid"); },
               [&] {
                   running = open_process(folder.read("pid"));
                   stage.probe.reset();
                   stage.done();
               });

    stage.start(check_of(script), [] {});

    REQUIRE(stage.run());
    CHECK(stage.results.empty());
    // It is reaped in the background.
    while (has_children()) {
    }
}

TEST_CASE("a probe may be destroyed in the report of its script", "[health]") {
    for (const std::string program : {"/bin/true", "/missing/check"}) {
        Stage stage;
        stage.start(check_of(program), [&] {
            stage.probe.reset();
            stage.done();
        });
        CHECK(stage.run());
    }
}

TEST_CASE("hundreds of runs leave neither descriptors nor zombies", "[health]") {
    Stage stage;
    std::ptrdiff_t before = 0;

    stage.start(check_of("/bin/true", 1ms), [&] {
        if (stage.results.size() == 1) {
            before = count_descriptors();
        }
        if (stage.results.size() == 300) {
            stage.done();
        }
    });

    REQUIRE(stage.run());
    CHECK(std::ranges::all_of(stage.results, &ProbeResult::is_good));
    CHECK(count_descriptors() == before);
    CHECK_FALSE(has_zombies());
}

TEST_CASE("a script sees a plain environment with the name of its check", "[health]") {
    CHECK(result_of("#!/bin/sh\nenv | sort | tr '\\n' ' ' >&2\nexit 1\n").detail ==
          "exit status 1: LANG=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "
          "PWD=/ UNDERSTUDY_CHECK=service UNDERSTUDY_HOST=" +
              os::host_name() + " UNDERSTUDY_ROUTER=k8s-api UNDERSTUDY_TIMEOUT_MS=20000");
}

TEST_CASE("a script of root's daemon runs as an unprivileged user", "[health]") {
    if (geteuid() != 0) {
        return;
    }
    const auto unprivileged = os::find_user(os::find_user("understudy") ? "understudy" : "nobody");
    REQUIRE(unprivileged);

    const ProbeResult result =
        result_of("#!/bin/sh\necho $(id -u) $(grep CapEff /proc/self/status) >&2\nexit 1\n");

    CHECK(result.detail ==
          "exit status 1: " + std::to_string(unprivileged->user) + " CapEff: 0000000000000000");
}

TEST_CASE("a script that counts processes of a name by ps sees none of ours", "[health]") {
    // As many checks in use do: the script's own name holds the name that it looks for.
    const std::string name = health_test::unique_name();
    const ScriptFolder folder;
    const std::string script = folder.script(
        "check_" + name + ".sh",
        "#!/bin/bash\ncount=$(ps -ef | grep " + name +
            " | egrep -cv \"grep|$$\")\nif [ \"$count\" -eq 0 ]; then exit 1; else exit 0; fi\n");
    std::optional<NamedProcess> service;
    Stage stage;

    stage.start(check_of(script, 200ms), [&] {
        if (stage.results.size() == 1) {
            service.emplace([&] { execl("/bin/sleep", name.c_str(), "1000", nullptr); });
        }
        if (stage.last().is_good) {
            stage.done();
        }
    });

    REQUIRE(stage.run());
    CHECK_FALSE(stage.results[0].is_good);
}

TEST_CASE("an exit status as a weight lowers the priority by so much", "[health]") {
    const auto result_with_exit = [](const std::string& text) {
        const ScriptFolder folder;
        Stage stage;
        auto check = check_of(folder.script("check", text), 1s);
        std::get<health::ScriptProbeConfig>(check.probe).exit = health::ExitMeaning::weight;
        stage.start(check, [&] { stage.done(); });
        REQUIRE(stage.run());
        return stage.last();
    };

    CHECK(result_with_exit("#!/bin/sh\nexit 0\n") ==
          ProbeResult{.is_good = true, .detail = "exit status 0", .number = 0});
    CHECK(result_with_exit("#!/bin/sh\nexit 253\n") ==
          ProbeResult{.is_good = true, .detail = "exit status 253", .number = -253});
    CHECK(result_with_exit("#!/bin/sh\necho no >&2\nexit 254\n") ==
          ProbeResult{.is_good = false, .detail = "exit status 254: no"});
    CHECK_FALSE(result_with_exit("#!/bin/sh\nexit 255\n").is_good);
    CHECK_FALSE(result_with_exit("#!/bin/sh\nkill -KILL $$\n").is_good);
    CHECK_FALSE(result_with_exit("#!/missing\n").is_good);
}

TEST_CASE("a script of root's that others can replace is not run", "[health]") {
    if (geteuid() != 0) {
        return;
    }
    const ScriptFolder folder;
    const std::string script = folder.script("check", "#!/bin/sh\n: > $0.ran\n");
    auto check = check_of(script, 1s);
    std::get<health::ScriptProbeConfig>(check.probe).user = "root";
    Stage stage;

    stage.start(check, [&] { stage.done(); });

    REQUIRE(stage.run());
    const std::string place = std::filesystem::path(script).parent_path();
    CHECK(stage.last() ==
          ProbeResult{.is_good = false,
                      .detail = "cannot be executed: " + place +
                                " is writable by everyone (mode 0777): a script there can't run "
                                "as root"});
    CHECK_FALSE(std::filesystem::exists(script + ".ran"));
}

TEST_CASE("who watches a script sees its command, its user, its words and its end", "[health]") {
    const ScriptFolder folder;
    const std::string script = folder.script("check", "#!/bin/sh\necho no >&2\nexit 1\n");
    Stage stage;
    stage.start(check_of(script, 1s), [&] { stage.done(); });
    REQUIRE(stage.run());

    REQUIRE(stage.steps.size() == 4);
    CHECK(stage.steps[0].starts_with("running " + script + " as user "));
    CHECK(stage.steps[1].find(" ran as user ") != std::string::npos);
    CHECK(stage.steps[2] == "it wrote: no");
    CHECK(stage.steps[3] == "exit status 1");
}
