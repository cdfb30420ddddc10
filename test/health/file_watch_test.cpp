#include "health/file_watch.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "catch2.hpp"
#include "health/named_process.hpp"
#include "health/stage.hpp"
#include "os/loop.hpp"
#include "temporary_folder.hpp"

using namespace std::chrono_literals;
using health_test::NamedProcess;

namespace {

constexpr int done = 42;

/// What a child that has mounts of its own makes of this; `done` also where we may not.
int in_own_mounts(const std::function<int()>& action) {
    const NamedProcess child([&] {
        if (unshare(CLONE_NEWNS) != 0 ||
            mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
            _exit(done);
        }
        _exit(action());
    });
    siginfo_t info{};
    waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT);
    return info.si_status;
}

}  // namespace

TEST_CASE("mounts that change all the time are read ten times a second, to the last", "[health]") {
    const TemporaryFolder folder;
    const int result = in_own_mounts([&] {
        auto loop = os::Loop::create();
        int changes = 0;
        int before = 0;
        health::FileWatch watch(folder.path() + "/file", true, *loop,
                                [&](health::FileChange, vrrp::Instant) { ++changes; });
        int mounts = 0;
        os::Timer timer;
        timer = *loop->timer(os::Urgency::clients, [&](vrrp::Instant now) {
            if (mounts == 60) {
                // The last one is of ours, and told as well.
                loop->stop(changes > before && changes < 20 ? done : 1);
                return;
            }
            mount("none", "/mnt", "tmpfs", 0, nullptr);
            umount("/mnt");
            if (++mounts < 60) {
                timer.arm(now + 3ms);
                return;
            }
            before = changes;
            mount("none", folder.path().c_str(), "tmpfs", 0, nullptr);
            timer.arm(now + 300ms);
        });
        timer.arm(loop->now());
        return watch.start() ? loop->run().value_or(1) : 1;
    });
    CHECK(result == done);
}

TEST_CASE("a file system that hangs holds up no check", "[health]") {
    const TemporaryFolder folder;
    const std::string path = folder.path() + "/file";
    const auto says = [](auto probe, const std::string& text) {
        health_test::Stage stage;
        stage.start({.name = "service", .probe = std::move(probe), .weight = {}},
                    [&] { stage.done(); });
        return stage.run() && stage.last().detail == text;
    };
    const int result = in_own_mounts([&] {
        const int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
        const std::string options =
            "rootmode=40000,user_id=0,group_id=0,fd=" + std::to_string(fuse);
        if (mount("fuse", folder.path().c_str(), "fuse", 0, options.c_str()) != 0) {
            return done;
        }
        // Nobody ever answers for it.
        alarm(20);
        const std::string refusal =
            path + " is on fuse, which could hold the daemon up, and is not looked at";
        const bool is_right =
            says(health::FileProbeConfig{path, health::FileWish::present}, refusal) &&
            says(health::ProcessProbeConfig{.pattern = health::ProcessPidFile{path}}, refusal) &&
            says(health::ProcessProbeConfig{.pattern = health::ProcessExecutable{path}},
                 "no process runs " + path);
        return is_right ? done : 1;
    });
    CHECK(result == done);
}
