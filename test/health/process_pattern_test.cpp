#include <sys/mount.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "health/named_process.hpp"
#include "health/process_verdict.hpp"
#include "health/stage.hpp"
#include "os/script_folder.hpp"

using health::ProbeResult;
using health_test::NamedProcess;
using health_test::Stage;
using health_test::unique_name;

namespace {

using namespace std::chrono_literals;

health::CheckConfig check_of(health::ProcessProbeConfig probe) {
    return {.name = "service", .probe = std::move(probe), .weight = {}};
}

health::CheckConfig check_of(health::ProcessPattern pattern) {
    return check_of(health::ProcessProbeConfig{.pattern = std::move(pattern)});
}

/// What a check says first.
ProbeResult first_result(const health::CheckConfig& check) {
    Stage stage;
    stage.start(check, [&] { stage.done(); });
    REQUIRE(stage.run());
    return stage.last();
}

std::function<void()> executing(const std::string& path, const std::vector<std::string>& words) {
    return [=] {
        std::vector<char*> arguments;
        for (const std::string& word : words) {
            arguments.push_back(const_cast<char*>(word.c_str()));
        }
        arguments.push_back(nullptr);
        execv(path.c_str(), arguments.data());
    };
}

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator entries("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

long switches() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_nvcsw;
}

}  // namespace

TEST_CASE("a program is found by its path, also once its file is replaced", "[health]") {
    const os_test::ScriptFolder folder;
    const std::string program = folder.path("server");
    std::filesystem::copy_file("/bin/sleep", program);
    std::filesystem::create_symlink(program, folder.path("link"));
    const auto check = check_of(health::ProcessExecutable{program});
    CHECK(first_result(check) == ProbeResult{false, "no process runs " + program, {}, ""});

    const NamedProcess process(executing(program, {"other", "1000"}));
    CHECK(first_result(check).detail == "1 process is alive");
    CHECK(first_result(check_of(health::ProcessExecutable{folder.path("link")})).is_good);
    CHECK_FALSE(first_result(check_of(health::ProcessExecutable{"/bin/server"})).is_good);

    std::filesystem::remove(program);
    CHECK(first_result(check).is_good);
    std::filesystem::copy_file("/bin/true", program);
    CHECK(first_result(check).is_good);
}

TEST_CASE("a link that leads to another program is followed at once", "[health]") {
    const os_test::ScriptFolder folder;
    for (const char* const program : {"old", "new"}) {
        std::filesystem::copy_file("/bin/sleep", folder.path(program));
    }
    const std::string link = folder.path("link");
    std::filesystem::create_symlink("old", link);
    const NamedProcess process(executing(folder.path("new"), {"new", "1000"}));
    Stage stage;
    vrrp::Instant led;

    stage.start(check_of(health::ProcessExecutable{link}), [&] {
        if (stage.last().is_good) {
            CHECK(stage.loop.now() - led < 500ms);
            stage.done();
            return;
        }
        // When all looks are done that a bad result leads to.
        stage.after(1500ms, [&] {
            led = stage.loop.now();
            std::filesystem::create_symlink("new", link + ".new");
            std::filesystem::rename(link + ".new", link);
        });
    });

    CHECK(stage.run());
}

TEST_CASE("a process is found by its command line", "[health]") {
    const std::string name = unique_name();
    const NamedProcess process(executing("/bin/sleep", {name, "1000", "1"}));
    const auto is_found = [](const std::string& text, health::Match match) {
        return first_result(check_of(health::ProcessCommandLine{text, match})).is_good;
    };

    CHECK(is_found(name + " 1000 1", health::Match::exact));
    CHECK_FALSE(is_found(name + " 1000", health::Match::exact));
    CHECK(is_found(name + " 10", health::Match::prefix));
    CHECK_FALSE(is_found(name + " 2", health::Match::prefix));
    CHECK(is_found("^" + name + " [0-9]+ 1$", health::Match::expression));
    CHECK_FALSE(is_found("^" + name + " [0-9]+$", health::Match::expression));
    CHECK(first_result(check_of(health::ProcessCommandLine{name + "$", health::Match::expression}))
              .detail == "no process has a command line that matches " + name + "$");
}

TEST_CASE("a title that a process gives itself later is its command line", "[health]") {
    const std::string name = unique_name();
    std::optional<NamedProcess> titled;
    Stage stage;

    stage.start(check_of(health::ProcessCommandLine{name, health::Match::prefix}), [&] {
        if (stage.last().is_good) {
            stage.done();
        } else {
            const std::string script =
                "select(undef, undef, undef, 0.2); $0 = '" + name + ": master'; sleep 1000";
            titled.emplace(executing("/usr/bin/perl", {"perl", "-e", script}));
        }
    });

    CHECK(stage.run());
}

TEST_CASE("more processes than may live are told", "[health]") {
    const std::string name = unique_name();
    std::vector<std::unique_ptr<NamedProcess>> processes;
    Stage stage;
    const auto check = check_of(
        health::ProcessProbeConfig{.pattern = health::ProcessName{name}, .min = 0, .max = 1});

    stage.start(check, [&] {
        const std::size_t results = stage.results.size();
        if (results == 1) {
            processes.push_back(std::make_unique<NamedProcess>(name));
            stage.after(300ms, [&] {
                processes.push_back(std::make_unique<NamedProcess>(name));
                processes.push_back(std::make_unique<NamedProcess>(name));
            });
        } else if (stage.last().detail == "3 processes are alive, at most 1 may") {
            processes[0]->kill(SIGKILL);
            processes[1]->kill(SIGKILL);
        } else if (stage.last().is_good && results > 3) {
            stage.done();
        }
    });

    REQUIRE(stage.run());
    CHECK(stage.results[0] == ProbeResult{true, "no process is named " + name, {}, ""});
    CHECK(stage.results[1] == ProbeResult{true, "1 process is alive", {}, ""});
}

TEST_CASE("a process that must not run is bad while it does", "[health]") {
    const std::string name = unique_name();
    std::optional<NamedProcess> process(name);
    Stage stage;
    const auto check = check_of(
        health::ProcessProbeConfig{.pattern = health::ProcessName{name}, .min = 0, .max = 0});

    stage.start(check, [&] {
        if (stage.last().is_good) {
            stage.done();
        } else {
            CHECK(stage.last().detail == "1 process is alive, none may");
            process.reset();
        }
    });

    CHECK(stage.run());
}

TEST_CASE("where nothing can be seen, nobody knows that nothing runs", "[health]") {
    const os_test::ScriptFolder folder;
    const auto none_may = [](health::ProcessPattern pattern) {
        return first_result(check_of(
            health::ProcessProbeConfig{.pattern = std::move(pattern), .min = 0, .max = 0}));
    };
    const std::string strange = folder.file("strange", "nginx", 0644);

    const ProbeResult unread = none_may(health::ProcessPidFile{strange});
    CHECK_FALSE(unread.is_good);
    CHECK(unread.detail == strange + " says \"nginx\", which is no process number");
    CHECK(none_may(health::ProcessPidFile{folder.path("none")}).is_good);
    CHECK(none_may(health::ProcessPidFile{folder.file("pid", "4194305", 0644)}).is_good);

    const auto judge = [](bool is_unknown) {
        return health::judge({.alive = 1,
                              .max = 1,
                              .error = health::NotFound{"hidden by hidepid", is_unknown},
                              .none = {},
                              .end = {}});
    };
    CHECK(judge(true) == ProbeResult{false, "hidden by hidepid", {}, ""});
    CHECK(judge(false) == ProbeResult{true, "1 process is alive", {}, ""});
}

TEST_CASE("a restart within the grace changes nothing", "[health]") {
    const std::string name = unique_name();
    std::optional<NamedProcess> process(name);
    const std::string pid = process->text();
    Stage stage;
    const auto check =
        check_of(health::ProcessProbeConfig{.pattern = health::ProcessName{name}, .grace = 10s});

    stage.start(check, [&] {
        if (stage.results.size() == 1) {
            process->kill(SIGKILL);
            stage.after(300ms, [&] { process.emplace(name); });
        } else if (stage.last().detail == "1 process is alive") {
            stage.done();
        }
    });

    REQUIRE(stage.run());
    CHECK(stage.results[1].detail == "process " + pid + " exited, signal 9, borne for 10 s");
    for (const ProbeResult& result : stage.results) {
        CHECK(result.is_good);
    }
}

TEST_CASE("a death is told when the grace is over", "[health]") {
    const std::string name = unique_name();
    const NamedProcess process(name);
    Stage stage;
    vrrp::Instant killed;
    const auto check =
        check_of(health::ProcessProbeConfig{.pattern = health::ProcessName{name}, .grace = 200ms});

    stage.start(check, [&] {
        if (stage.results.size() == 1) {
            process.kill(SIGKILL);
            killed = stage.loop.now();
        } else if (!stage.last().is_good) {
            CHECK(stage.loop.now() - killed >= 200ms);
            stage.done();
        }
    });

    REQUIRE(stage.run());
    CHECK(stage.last().detail == "process " + process.text() + " exited, signal 9");
}

TEST_CASE("a service that never ran is bad at once, whatever the grace", "[health]") {
    const auto check = check_of(health::ProcessProbeConfig{
        .pattern = health::ProcessName{unique_name()}, .grace = std::chrono::hours(1)});

    CHECK_FALSE(first_result(check).is_good);
}

TEST_CASE("while the service lives the probe does not wake", "[health]") {
    const std::string name = unique_name();
    const NamedProcess process(name);
    Stage stage;
    long before = 0;
    long after = 0;

    stage.start(check_of(health::ProcessName{name}), [&] {
        // A second for those that may have been seen between fork and exec.
        stage.after(1500ms, [&] { before = switches(); });
        stage.after(2500ms, [&] {
            after = switches();
            stage.done();
        });
    });

    REQUIRE(stage.run());
    CHECK(after - before <= 1);  // the timer of the test itself
}

TEST_CASE("two thousand processes of the name are counted, and one death is told", "[health]") {
    const std::string name = unique_name();
    const NamedProcess crowd([&] {
        prctl(PR_SET_NAME, name.c_str());
        for (int i = 0; i < 1999; ++i) {
            if (fork() == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                // The pipe by which the test knows when all are there.
                closefrom(3);
                while (true) {
                    pause();
                }
            }
        }
    });
    const std::size_t before = open_descriptors();
    Stage stage;

    stage.start(check_of(health::ProcessName{name}), [&] {
        if (stage.results.size() == 1) {
            CHECK(stage.last().detail == "2000 processes are alive");
            CHECK(open_descriptors() - before < 100);
            crowd.kill(SIGKILL);
        } else if (!stage.last().is_good) {
            stage.done();
        }
    });

    CHECK(stage.run());
}

TEST_CASE("a crowd of short processes hides no death, and costs little", "[health]") {
    const std::string name = unique_name();
    std::optional<NamedProcess> process(name);
    const NamedProcess bomb(
        executing("/bin/sh", {"sh", "-c", "while :; do /bin/true; (:); /bin/true; done"}));
    Stage stage;
    rusage begun{};
    vrrp::Instant killed;

    stage.start(check_of(health::ProcessName{name}), [&] {
        if (stage.results.size() == 1) {
            stage.after(100ms, [&] {
                killed = stage.loop.now();
                process->kill(SIGKILL);
            });
        } else if (!stage.last().is_good && begun.ru_utime.tv_sec + begun.ru_utime.tv_usec == 0) {
            CHECK(stage.loop.now() - killed < 200ms);
            getrusage(RUSAGE_SELF, &begun);
            // Now it looks for another one, which is when the crowd could wake it.
            stage.after(1s, [&] {
                rusage ended{};
                getrusage(RUSAGE_SELF, &ended);
                CHECK(ended.ru_nvcsw - begun.ru_nvcsw < 400);
                process.emplace(name);
            });
        } else if (stage.last().is_good) {
            stage.done();
        }
    });

    CHECK(stage.run());
}

TEST_CASE("thousands of probes leave no descriptor behind", "[health]") {
    const std::string name = unique_name();
    const NamedProcess process(name);
    const os_test::ScriptFolder folder;
    const std::string file = folder.file("pid", process.text() + "\n", 0644);
    Stage stage;
    std::size_t before = 0;
    int runs = 0;
    std::function<void()> again = [&] {
        stage.probe.reset();
        if (++runs == 10) {
            before = open_descriptors();
        }
        if (runs == 2000) {
            stage.done();
            return;
        }
        stage.results.clear();
        stage.start(runs % 2 == 0 ? check_of(health::ProcessPidFile{file})
                                  : check_of(health::ProcessProbeConfig{
                                        .pattern = health::ProcessExecutable{"/no/such/program"},
                                        .min = 0,
                                        .max = 3}),
                    [&] { stage.after(0ms, again); });
    };
    again();

    REQUIRE(stage.run());
    CHECK(open_descriptors() == before);
}
