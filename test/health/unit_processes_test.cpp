#include "health/unit_processes.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "catch2.hpp"
#include "health/named_process.hpp"
#include "health/stage.hpp"
#include "os/script_folder.hpp"

using health::UnitProcesses;
using health_test::NamedProcess;
using health_test::Stage;
using health_test::unique_name;

namespace {

using namespace std::chrono_literals;

/// A control group of the kernel's, made by the test; it goes with it.
class Group {
public:
    explicit Group(std::string path) : path_(std::move(path)) {
        std::filesystem::create_directory(path_);
    }
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;
    ~Group() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }
    void take(const NamedProcess& process) const {
        std::ofstream(path_ + "/cgroup.procs") << process.text() << std::flush;
    }

private:
    std::string path_;
};

/// Where the kernel's groups are, if we may make some.
std::string real_root() {
    for (const std::string root : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
        const std::string probe = root + "/" + unique_name() + ".slice";
        std::error_code error;
        if (std::filesystem::exists(root + "/cgroup.controllers") &&
            std::filesystem::create_directory(probe, error)) {
            std::filesystem::remove(probe, error);
            return root;
        }
    }
    return "";
}

}  // namespace

TEST_CASE("a unit's group is found in slices within slices", "[health]") {
    const os_test::ScriptFolder folder;
    const auto add = [&](const std::string& path, const std::string& pids) {
        std::filesystem::create_directories(folder.path(path));
        static_cast<void>(folder.file(path + "/cgroup.procs", pids, 0644));
    };
    static_cast<void>(folder.file("cgroup.controllers", "", 0644));
    add("system.slice/nginx.service", "4711\n0\n4712\n");
    add("system.slice/nginx.service/inner/most", "4713\n");
    add("my.slice/my-own.slice/deep@1.service", "5\n");
    add("system.slice/_memory.service", "6\n");
    add("user.slice/session.scope/hidden.service", "7\n");
    Stage stage;
    const auto find = [&](const std::string& unit) -> std::vector<pid_t> {
        UnitProcesses processes(stage.loop, unit, [](vrrp::Instant) {}, folder.path(""));
        const auto found = processes.find(vrrp::Instant{});
        return found ? found->pids : std::vector<pid_t>{};
    };

    CHECK(find("nginx.service") == std::vector<pid_t>{4711, 4712, 4713});
    CHECK(find("deep@1.service") == std::vector<pid_t>{5});
    CHECK(find("memory.service") == std::vector<pid_t>{6});
    CHECK(find("hidden.service").empty());
    UnitProcesses none(stage.loop, "none.service", [](vrrp::Instant) {}, folder.path(""));
    CHECK(none.find(vrrp::Instant{}).error().text == "unit none.service does not run");
    UnitProcesses nowhere(stage.loop, "none.service", [](vrrp::Instant) {}, "/no/groups");
    CHECK(nowhere.find(vrrp::Instant{}).error().text ==
          "no control groups of version 2 at /no/groups");
}

TEST_CASE("a slice that we may not look into leaves unknown whether a unit runs", "[health]") {
    if (geteuid() != 0) {
        return;
    }
    const os_test::ScriptFolder folder;
    static_cast<void>(folder.file("cgroup.controllers", "", 0644));
    std::filesystem::create_directories(folder.path("closed.slice/nginx.service"));
    REQUIRE(chmod(folder.path("").c_str(), 0755) == 0);
    REQUIRE(chmod(folder.path("closed.slice").c_str(), 0700) == 0);
    const NamedProcess nobody([&] {
        Stage stage;
        UnitProcesses unit(stage.loop, "nginx.service", [](vrrp::Instant) {}, folder.path(""));
        const bool is_other = setresuid(65534, 65534, 65534) == 0;
        const auto found = unit.find(vrrp::Instant{});
        _exit(is_other && !found && found.error().is_unknown ? 42 : 1);
    });

    siginfo_t info{};
    waitid(P_PID, static_cast<id_t>(nobody.pid()), &info, WEXITED | WNOWAIT);
    CHECK(info.si_status == 42);
}

TEST_CASE("a unit that starts is noticed, and its end, and its next start", "[health]") {
    const std::string root = real_root();
    if (root.empty()) {
        return;  // test/system has hosts where we may
    }
    const std::string unit = unique_name() + ".service";
    const std::string path = root + "/" + unique_name() + ".slice";
    std::optional<Group> slice;
    std::optional<Group> group;
    std::optional<NamedProcess> process;
    const auto start = [&] {
        slice.emplace(path);
        group.emplace(path + "/" + unit);
        process.emplace("unit");
        group->take(*process);
    };
    const auto stop = [&] {
        process.reset();
        group.reset();
        slice.reset();
    };
    Stage stage;
    vrrp::Instant begun;
    const health::CheckConfig check{
        .name = "service",
        .probe = health::ProcessProbeConfig{.pattern = health::ProcessUnit{unit}},
        .weight = {}};

    stage.start(check, [&] {
        const bool is_good = stage.last().is_good;
        if (stage.results.size() == 1) {
            CHECK(stage.last().detail == "unit " + unit + " does not run");
            // When all looks are done that a bad result leads to.
            stage.after(1450ms, [&] {
                begun = stage.loop.now();
                start();
            });
        } else if (stage.results.size() == 2) {
            CHECK(is_good);
            CHECK(stage.loop.now() - begun < 400ms);
            stage.after(10ms, stop);
        } else if (!is_good && !process) {
            stage.after(10ms, start);
        } else if (is_good && stage.results.size() > 3) {
            stage.done();
        }
    });

    CHECK(stage.run());
    group.reset();
    stop();
}
