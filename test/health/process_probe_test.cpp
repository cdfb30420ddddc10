#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
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

health::CheckConfig check_of(const std::string& name, int min = 1) {
    return {.name = "service",
            .probe = health::ProcessProbeConfig{.pattern = health::ProcessName{name}, .min = min}};
}

/// How often this process has read from files, by its own account.
long reads() {
    std::ifstream file("/proc/self/io");
    std::string word;
    long number = 0;
    while (file >> word >> number && word != "syscr:") {
    }
    return number;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a process that runs is good, and its death is told with its number", "[health]") {
    const std::string name = unique_name();
    const NamedProcess process(name);
    Stage stage;

    stage.start(check_of(name), [&] {
        if (stage.last().is_good) {
            process.kill(SIGKILL);
        } else {
            stage.done();
        }
    });

    REQUIRE(stage.run());
    REQUIRE(stage.results.size() == 2);
    CHECK(stage.results[0] == ProbeResult{true, "1 process is alive"});
    CHECK(stage.results[1] ==
          ProbeResult{false, "process " + process.text() + " exited, signal 9"});
}

TEST_CASE("a service that does not run is bad from the first report", "[health]") {
    const std::string name = unique_name();
    Stage stage;

    stage.start(check_of(name), [&] { stage.done(); });

    REQUIRE(stage.run());
    CHECK(stage.last() == ProbeResult{false, "no process is named " + name});
}

TEST_CASE("a zombie that its parent does not reap is dead", "[health]") {
    const std::string name = unique_name();
    const NamedProcess process(name);
    process.kill(SIGKILL);
    waitid(P_PID, static_cast<id_t>(process.pid()), nullptr, WEXITED | WNOWAIT);
    Stage stage;

    stage.start(check_of(name), [&] { stage.done(); });

    REQUIRE(stage.run());
    CHECK_FALSE(stage.last().is_good);
}

TEST_CASE("a service that is started again turns good", "[health]") {
    const std::string name = unique_name();
    std::optional<NamedProcess> process;
    Stage stage;

    stage.start(check_of(name), [&] {
        if (stage.last().is_good) {
            stage.done();
        } else {
            process.emplace(name);
        }
    });

    REQUIRE(stage.run());
    REQUIRE(stage.results.size() == 2);
    CHECK(stage.last().detail == "1 process is alive");
}

TEST_CASE("a service of several processes is good while one lives", "[health]") {
    const std::string name = unique_name();
    const NamedProcess first(name);
    const NamedProcess second(name);
    Stage stage;

    stage.start(check_of(name), [&] {
        if (stage.results.size() == 1) {
            first.kill(SIGTERM);
        } else if (stage.results.size() == 2) {
            second.kill(SIGKILL);
        } else {
            stage.done();
        }
    });

    REQUIRE(stage.run());
    REQUIRE(stage.results.size() == 3);
    CHECK(stage.results[0] == ProbeResult{true, "2 processes are alive"});
    CHECK(stage.results[1] ==
          ProbeResult{true, "process " + first.text() + " exited, signal 15; 1 process is alive"});
    CHECK(stage.results[2] == ProbeResult{false, "process " + second.text() + " exited, signal 9"});
}

TEST_CASE("a service turns bad when fewer live than it needs", "[health]") {
    const std::string name = unique_name();
    const NamedProcess first(name);
    const NamedProcess second(name);
    Stage stage;

    stage.start(check_of(name, 2), [&] {
        if (stage.last().is_good) {
            second.kill(SIGKILL);
        } else {
            stage.done();
        }
    });

    REQUIRE(stage.run());
    CHECK(stage.results[0].is_good);
    CHECK(stage.last().detail ==
          "process " + second.text() + " exited, signal 9; 1 process is alive, 2 are needed");
}

TEST_CASE("a process that took over unseen is found when the old one dies", "[health]") {
    const std::string name = unique_name();
    const NamedProcess old(name);
    std::optional<NamedProcess> successor;
    Stage stage;

    stage.start(check_of(name), [&] {
        if (stage.results.size() == 1) {
            successor.emplace(name);
            old.kill(SIGKILL);
        } else {
            stage.done();
        }
    });

    REQUIRE(stage.run());
    CHECK(stage.last() ==
          ProbeResult{true, "process " + old.text() + " exited, signal 9; 1 process is alive"});
}

TEST_CASE("a process that has become another program counts no more", "[health]") {
    const std::string name = unique_name();
    const NamedProcess process(name);
    const NamedProcess changeling([&] {
        prctl(PR_SET_NAME, name.c_str());
        signal(SIGUSR1, [](int) { prctl(PR_SET_NAME, "something else"); });
    });
    Stage stage;

    stage.start(check_of(name), [&] {
        if (stage.last().is_good) {
            CHECK(stage.last().detail == "2 processes are alive");
            changeling.kill(SIGUSR1);
            while (health::process_comm(changeling.pid()) == name) {
            }
            process.kill(SIGKILL);
        } else {
            stage.done();
        }
    });

    REQUIRE(stage.run());
    CHECK(stage.results.size() == 2);
}

TEST_CASE("a long name is found by its executable", "[health]") {
    const os_test::ScriptFolder folder;
    const std::string name = unique_name() + "-with-a-long-tail";
    const auto run_copy = [&](const std::string& copy) {
        std::filesystem::copy_file("/bin/sleep", folder.path(copy));
        return [path = folder.path(copy)] { execl(path.c_str(), "sleep", "1000", nullptr); };
    };
    const NamedProcess process(run_copy(name));
    const NamedProcess other(run_copy(name + "-of-another"));
    Stage stage;

    stage.start(check_of(name), [&] {
        if (stage.last().is_good) {
            CHECK(stage.last().detail == "1 process is alive");
            process.kill(SIGKILL);
        } else {
            stage.done();
        }
    });

    REQUIRE(stage.run());
}

TEST_CASE("a name in the command line of another program does not count", "[health]") {
    const std::string name = unique_name();
    const NamedProcess shell(
        [&] { execl("/bin/sh", "sh", "-c", "kill -STOP $$; :", name.c_str(), nullptr); });
    Stage stage;

    stage.start(check_of(name), [&] { stage.done(); });

    REQUIRE(stage.run());
    CHECK_FALSE(stage.last().is_good);
}

TEST_CASE("results are repeated until rise and fall are satisfied, and no longer", "[health]") {
    const std::string name = unique_name();
    std::optional<NamedProcess> process(name);
    auto check = check_of(name);
    check.rise = 2;
    check.fall = 3;
    Stage stage;

    stage.start(check, [&] {
        if (stage.results.size() == 2) {
            // The process is reaped as well, so that nothing new is learnt of it.
            process.reset();
        }
        if (stage.results.size() == 5) {
            stage.after(std::chrono::milliseconds(200), [&] { process.emplace(name); });
        }
        if (stage.results.size() == 7) {
            stage.after(std::chrono::milliseconds(200), [&] { stage.done(); });
        }
    });

    REQUIRE(stage.run());
    std::string seen;
    for (const ProbeResult& result : stage.results) {
        seen += result.is_good ? '+' : '-';
    }
    CHECK(seen == "++---++");
}

TEST_CASE("a probe may be destroyed in its own report", "[health]") {
    const std::string name = unique_name();
    const NamedProcess process(name);
    for (const std::size_t last : {1U, 2U}) {
        Stage stage;
        stage.start(check_of(name), [&] {
            if (stage.results.size() == last) {
                stage.probe.reset();
                stage.done();
            } else {
                process.kill(SIGKILL);
            }
        });
        REQUIRE(stage.run());
    }
}

TEST_CASE("a service of many processes dies with its last one", "[health]") {
    const std::string name = unique_name();
    std::vector<std::unique_ptr<NamedProcess>> processes;
    for (int i = 0; i < 100; ++i) {
        processes.push_back(std::make_unique<NamedProcess>(name));
    }
    Stage stage;

    stage.start(check_of(name), [&] {
        if (stage.results.size() == 1) {
            for (const auto& process : processes) {
                process->kill(SIGKILL);
            }
        }
        if (!stage.last().is_good) {
            stage.done();
        }
    });

    REQUIRE(stage.run());
    CHECK(stage.results[0].is_good);
}

TEST_CASE("processes that die together are not told one by one", "[health]") {
    const std::string name = unique_name();
    std::vector<std::unique_ptr<NamedProcess>> processes;
    for (int i = 0; i < 50; ++i) {
        processes.push_back(std::make_unique<NamedProcess>(name));
    }
    Stage stage;

    // Each but the one that is looked at first.
    stage.start(check_of(name), [&] {
        if (stage.results.size() == 1) {
            for (std::size_t i = 1; i < processes.size(); ++i) {
                processes[i]->kill(SIGKILL);
                waitid(P_PID, static_cast<id_t>(processes[i]->pid()), nullptr, WEXITED | WNOWAIT);
            }
        } else if (has(stage.last().detail, "; 1 process is alive")) {
            stage.done();
        }
    });

    REQUIRE(stage.run());
    // A look that is due in the same wake-up sees some of them first.
    CHECK(stage.results.size() <= 3);
}

TEST_CASE("where too many live, a look does not ask for each of them", "[health]") {
    const std::string name = unique_name();
    const NamedProcess crowd([&] {
        prctl(PR_SET_NAME, name.c_str());
        for (int i = 0; i < 999; ++i) {
            if (fork() == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                closefrom(3);  // the pipe by which the test knows when all are there
                while (true) {
                    pause();
                }
            }
        }
    });
    auto check = check_of(name);
    std::get<health::ProcessProbeConfig>(check.probe).max = 900;
    Stage stage;
    long before = 0;
    long after = 0;

    stage.start(check, [&] {
        if (stage.results.size() == 1) {
            // While it looks again and again; first at the young ones, too.
            stage.after(100ms, [&] { before = reads(); });
            stage.after(600ms, [&] {
                after = reads();
                stage.done();
            });
        }
    });

    REQUIRE(stage.run());
    CHECK(stage.results[0].detail == "1000 processes are alive, at most 900 may");
    CHECK(after - before > 0);
    CHECK(after - before < 5000);
}

TEST_CASE("a table of processes that can't be read is bad with the reason", "[health]") {
    const std::string name = unique_name();
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    Stage stage;
    stage.start(check_of(name), [&] { stage.done(); });
    const int next = dup(STDIN_FILENO);
    close(next);
    const rlimit tight{.rlim_cur = static_cast<rlim_t>(next), .rlim_max = before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &tight);

    const bool is_done = stage.run();

    setrlimit(RLIMIT_NOFILE, &before);
    REQUIRE(is_done);
    CHECK_FALSE(stage.last().is_good);
    CHECK(has(stage.last().detail, "Too many open files"));
}
