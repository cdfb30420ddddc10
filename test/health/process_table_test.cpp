#include "health/process_table.hpp"

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "catch2.hpp"
#include "health/named_process.hpp"
#include "os/process.hpp"
#include "os/script_folder.hpp"

using health::ProcessTable;
using health_test::NamedProcess;
using health_test::unique_name;

namespace {

using Pids = std::vector<pid_t>;

const std::string sleeping = "S 1 7 7 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0";
constexpr auto start = vrrp::Instant{} + std::chrono::hours(1);

Pids find_new(ProcessTable& table, vrrp::Instant now) {
    const auto found = table.find_new(now);
    REQUIRE(found);
    return *found;
}

health::ProcessMatch named(const std::string& name) {
    return *health::ProcessMatch::create(health::ProcessName{name});
}

/// A folder that looks like /proc.
class FakeProc {
public:
    FakeProc() { add("1", "init", "S 0 1 1 0 -1 4194560"); }

    void add(const std::string& pid, const std::string& comm, const std::string& stat) const {
        std::filesystem::create_directory(folder_.path(pid));
        static_cast<void>(folder_.file(pid + "/comm", comm + "\n", 0644));
        static_cast<void>(
            folder_.file(pid + "/stat", pid + " (" + comm + ") " + stat + "\n", 0644));
    }
    void add_executable(const std::string& pid, const std::string& target) const {
        std::filesystem::create_symlink(target, folder_.path(pid + "/exe"));
    }
    void hide(const std::string& pid) const { std::filesystem::remove_all(folder_.path(pid)); }

    /// The process executes another program.
    void rename(const std::string& pid, const std::string& comm) const {
        static_cast<void>(folder_.file(pid + "/comm", comm + "\n", 0644));
    }
    /// The process ends, and its number passes to another.
    void replace(const std::string& pid, const std::string& comm) const {
        add("0", comm, sleeping);
        std::filesystem::remove_all(folder_.path(pid));
        std::filesystem::rename(folder_.path("0"), folder_.path(pid));
    }

    [[nodiscard]] ProcessTable table(const std::string& name) const {
        return ProcessTable(named(name), folder_.path(""));
    }
    [[nodiscard]] std::vector<pid_t> find(const std::string& name) const {
        auto all = table(name);
        return find_new(all, start);
    }
    [[nodiscard]] std::string error(const std::string& name) const {
        const auto found = table(name).find_new(start);
        return found ? "" : found.error().message();
    }
    [[nodiscard]] std::string path() const { return folder_.path(""); }

private:
    os_test::ScriptFolder folder_;
};

}  // namespace

TEST_CASE("a process is found by its comm", "[health]") {
    const FakeProc proc;
    proc.add("20", "nginx", sleeping);
    proc.add("21", "nginx", sleeping);
    proc.add("22", "nginx-exporter", sleeping);
    proc.add("23", "strange) R (nginx", sleeping);

    CHECK(proc.find("nginx") == Pids{20, 21});
    CHECK(proc.find("strange) R (nginx") == Pids{});
    CHECK(proc.find("ngin") == Pids{});
}

TEST_CASE("zombies and kernel threads are no processes", "[health]") {
    const FakeProc proc;
    proc.add("20", "nfsd", "S 2 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0");
    proc.add("21", "nfsd", "Z 1 7 7 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0");
    proc.add("22", "nfsd", "X 1 7 7 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0");

    CHECK(proc.find("nfsd") == Pids{});
}

TEST_CASE("a process whose first thread has ended lives while others go on", "[health]") {
    const FakeProc proc;
    proc.add("20", "server", "Z 1 7 7 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 3 0");

    CHECK(proc.find("server") == Pids{20});
}

TEST_CASE("a process is found by its executable when its comm is another", "[health]") {
    const FakeProc proc;
    proc.add("20", "worker", sleeping);
    proc.add_executable("20", "/usr/sbin/server");
    proc.add("21", "upgraded", sleeping);
    proc.add_executable("21", "/usr/sbin/server (deleted)");
    proc.add("22", "other", sleeping);
    proc.add_executable("22", "/usr/sbin/server-tool");

    CHECK(proc.find("server") == Pids{20, 21});
}

TEST_CASE("a search looks at what has come since the last one", "[health]") {
    const FakeProc proc;
    proc.add("20", "server", sleeping);
    auto table = proc.table("server");
    CHECK(find_new(table, start) == Pids{20});

    proc.add("21", "server", sleeping);
    proc.add("19", "server", sleeping);

    CHECK(find_new(table, start) == Pids{19, 21});
}

TEST_CASE("a new process is looked at for two seconds", "[health]") {
    const FakeProc proc;
    auto table = proc.table("server");
    static_cast<void>(find_new(table, start));
    proc.add("20", "sh", sleeping);
    CHECK(find_new(table, start) == Pids{});

    proc.rename("20", "server");

    CHECK(find_new(table, start + std::chrono::milliseconds(1999)) == Pids{20});
    CHECK(find_new(table, start + std::chrono::milliseconds(2000)) == Pids{});
}

TEST_CASE("an old process that executes another program is found in its turn", "[health]") {
    const FakeProc proc;
    proc.add("20", "sh", sleeping);
    proc.add("33", "sh", sleeping);
    auto table = proc.table("server");
    CHECK(find_new(table, start) == Pids{});

    proc.rename("20", "server");
    proc.rename("33", "server");

    Pids found;
    for (int i = 0; i < 20; ++i) {
        for (const pid_t pid : find_new(table, start)) {
            found.push_back(pid);
        }
    }
    std::sort(found.begin(), found.end());
    CHECK(found == Pids{20, 33});
}

TEST_CASE("a process that got the number of an earlier one is new", "[health]") {
    const FakeProc proc;
    proc.add("33", "sh", sleeping);
    auto table = proc.table("server");
    CHECK(find_new(table, start) == Pids{});

    proc.replace("33", "server");

    CHECK(find_new(table, start) == Pids{33});
}

TEST_CASE("a name longer than a comm is confirmed by the executable", "[health]") {
    const FakeProc proc;
    proc.add("20", "a-very-long-nam", sleeping);
    proc.add_executable("20", "/usr/bin/a-very-long-name");
    proc.add("21", "a-very-long-nam", sleeping);
    proc.add_executable("21", "/usr/bin/a-very-long-name-too");

    CHECK(proc.find("a-very-long-name") == Pids{20});
}

TEST_CASE("hidden processes are told instead of taken for dead", "[health]") {
    const FakeProc proc;
    proc.add("20", "mine", sleeping);
    proc.hide("1");

    CHECK(proc.find("mine") == Pids{20});
    CHECK(proc.error("theirs") ==
          "read " + proc.path() +
              "/1/comm (are processes hidden by hidepid?): No such file or directory");
    const auto found = ProcessTable(named("any"), "/no/proc").find_new(start);
    REQUIRE_FALSE(found);
    CHECK(found.error().message() == "open /no/proc: No such file or directory");
}

TEST_CASE("where /proc hides processes, those that it shows may not be all", "[health]") {
    const FakeProc proc;
    proc.add("20", "mine", sleeping);
    proc.hide("1");
    auto shown = proc.table("mine");
    const auto found = shown.find(start);
    REQUIRE(found);
    CHECK(found->pids == Pids{20});
    CHECK(found->hidden.value_or("").find("hidepid") != std::string::npos);

    proc.add("1", "init", sleeping);
    auto all = proc.table("mine");
    CHECK_FALSE(all.find(start)->hidden);
}

TEST_CASE("a title in argv[0] names a process whose executable we may not see", "[health]") {
    if (geteuid() != 0) {
        return;
    }
    const std::string name = unique_name();
    const auto titled = [&](const std::string& title) {
        return [title] { execl("/bin/sleep", title.c_str(), "1000", nullptr); };
    };
    const NamedProcess worker(titled("/usr/sbin/" + name + ": worker process"));
    const NamedProcess master(titled(name));
    const NamedProcess other(titled("sleep for " + name));
    const auto is_alive = [&](const NamedProcess& process) {
        return ProcessTable(named(name)).is_alive(process.pid()).value_or(false);
    };

    // Root sees the executable, which decides; nobody does not.
    CHECK_FALSE(is_alive(master));
    const NamedProcess nobody([&] {
        if (setresuid(65534, 65534, 65534) != 0 || !is_alive(master) || !is_alive(worker) ||
            is_alive(other)) {
            _exit(1);
        }
        _exit(42);
    });

    siginfo_t info{};
    waitid(P_PID, static_cast<id_t>(nobody.pid()), &info, WEXITED | WNOWAIT);
    CHECK(info.si_status == 42);
}

TEST_CASE("how a zombie has ended is known to who may trace it", "[health]") {
    const NamedProcess process(unique_name());
    const auto pidfd = os::open_process(process.pid());
    REQUIRE(pidfd);

    process.kill(SIGTERM);
    waitid(P_PID, static_cast<id_t>(process.pid()), nullptr, WEXITED | WNOWAIT);

    CHECK(health::wait_status(process.pid(), pidfd->get()) == SIGTERM);
}
