#include "os/process.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "catch2.hpp"

TEST_CASE("a user is found by name", "[os]") {
    const auto root = os::find_user("root");
    REQUIRE(root);
    CHECK(root->user == 0);
    CHECK(root->group == 0);
    CHECK_FALSE(os::find_user("no-such-user"));
}

TEST_CASE("a group is found by name", "[os]") {
    CHECK(os::find_group("root") == 0);
    CHECK_FALSE(os::find_group("no-such-group"));
}

TEST_CASE("a user and a group have names, or else numbers", "[os]") {
    CHECK(os::user_name(0) == "root");
    CHECK(os::group_name(0) == "root");
    CHECK(os::user_name(3'999'999'999) == "3999999999");
    CHECK(os::group_name(3'999'999'999) == "3999999999");
}

TEST_CASE("the descendants of a process are its children and theirs", "[os]") {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    const pid_t child = fork();
    if (child == 0) {
        const pid_t grandchild = fork();
        if (grandchild != 0) {
            [[maybe_unused]] const ssize_t size = write(ends[1], &grandchild, sizeof grandchild);
        }
        pause();
        _exit(0);
    }
    pid_t grandchild = 0;
    REQUIRE(read(ends[0], &grandchild, sizeof grandchild) == sizeof grandchild);

    // This process may have others, of what ran before.
    const auto all = os::descendants_of(getpid());
    const auto second = std::ranges::find(all, grandchild);
    CHECK(second != all.end());
    CHECK(std::ranges::find(all.begin(), second, child) != second);
    CHECK(os::descendants_of(child) == std::vector<pid_t>{grandchild});
    CHECK(os::descendants_of(grandchild).empty());

    kill(grandchild, SIGKILL);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    close(ends[0]);
    close(ends[1]);
}
