#include "os/scheduling.hpp"

#include "catch2.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace {

/// Runs `work` in a process of its own, whose policy and limits go with it; what it returned.
template <typename Work>
int in_child(Work work) {
    const pid_t pid = fork();
    if (pid == 0) {
        _exit(work());
    }
    int status = 0;
    const bool is_told = waitpid(pid, &status, 0) == pid && WIFEXITED(status);
    return is_told ? WEXITSTATUS(status) : -1;
}

constexpr int refused = 77;

/// Real-time priority is a right that not every machine grants its tests.
bool is_granted(int result) {
    if (result == refused) {
        WARN("real-time priority is refused here: not tested");
    }
    return result != refused;
}

}  // namespace

TEST_CASE("a real-time process has its priority, and its children are ordinary", "[os]") {
    const int result = in_child([] {
        if (os::realtime_priority() || !os::become_realtime(1)) {
            return refused;
        }
        if (os::realtime_priority() != 1) {
            return 1;
        }
        return in_child([] { return os::realtime_priority() ? 2 : 0; });
    });

    if (is_granted(result)) {
        CHECK(result == 0);
    }
}

TEST_CASE("a real-time process that never pauses goes on as an ordinary one", "[os]") {
    const int result = in_child([] {
        if (!os::become_realtime(1)) {
            return refused;
        }
        rlimit limit{};
        getrlimit(RLIMIT_RTTIME, &limit);
        if (limit.rlim_cur != 5'000'000) {
            return 1;
        }
        limit.rlim_cur = 20'000;
        setrlimit(RLIMIT_RTTIME, &limit);
        while (os::realtime_priority()) {
        }
        return 0;
    });

    if (is_granted(result)) {
        CHECK(result == 0);
    }
}

TEST_CASE("a priority that there is not is an error that says which", "[os]") {
    const auto result = os::become_realtime(100);

    REQUIRE_FALSE(result);
    CHECK(result.error().code == EINVAL);
    CHECK(result.error().doing == "take real-time priority 100");
}

TEST_CASE("locked memory shows, and is not a child's", "[os]") {
    const int result = in_child([] {
        if (os::is_memory_locked()) {
            return 1;
        }
        const auto locked = os::lock_memory();
        if (!locked) {
            return locked.error().code == ENOMEM ? refused : 2;
        }
        return os::is_memory_locked() ? in_child([] { return os::is_memory_locked() ? 3 : 0; }) : 4;
    });

    if (result == refused) {
        WARN("memory can't be locked here: not tested");
    } else {
        CHECK(result == 0);
    }
}
