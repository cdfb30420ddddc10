#include "health/file_watch.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <string>

#include "catch2.hpp"
#include "health/named_process.hpp"
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
