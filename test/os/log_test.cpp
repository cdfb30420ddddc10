#include "os/log.hpp"

#include "catch2.hpp"
#include "os/fd.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

namespace {

/// Takes standard error over and gives back what was written to it meanwhile.
class Captured {
public:
    Captured() {
        std::array<int, 2> ends{};
        REQUIRE(pipe(ends.data()) == 0);
        reading_ = os::Fd(ends[0]);
        before_ = os::Fd(dup(STDERR_FILENO));
        dup2(ends[1], STDERR_FILENO);
        close(ends[1]);
    }
    Captured(const Captured&) = delete;
    Captured& operator=(const Captured&) = delete;
    ~Captured() { dup2(before_.get(), STDERR_FILENO); }

    [[nodiscard]] std::string text() const {
        std::array<char, 4096> buffer{};
        const ssize_t size = read(reading_.get(), buffer.data(), buffer.size());
        return {buffer.data(), static_cast<std::size_t>(size)};
    }

private:
    os::Fd reading_;
    os::Fd before_;
};

/// What stands behind the time of day, which has always the same length.
std::string without_time(const std::string& line) {
    return line.substr(std::string("12:34:56.789 ").size());
}

}  // namespace

TEST_CASE("a log line is a message and its facts", "[os]") {
    const Captured captured;

    os::log::info("state changed", {{"router", "web"}, {"reason", "told to stop"}});

    CHECK(without_time(captured.text()) ==
          "info    state changed router=web reason=\"told to stop\"\n");
}

TEST_CASE("a fact can't forge a line or steer the terminal", "[os]") {
    const Captured captured;

    os::log::warning("check failed", {{"detail", "a\nb\033[31m \"c\""}});

    CHECK(without_time(captured.text()) ==
          "warning check failed detail=\"a\\x0ab\\x1b[31m \\\"c\\\"\"\n");
}

TEST_CASE("an empty fact is seen to be empty", "[os]") {
    const Captured captured;

    os::log::error("can't go on", {{"error", ""}});

    CHECK(without_time(captured.text()) == "error   can't go on error=\"\"\n");
}

TEST_CASE("what is less serious than the level is not written", "[os]") {
    const Captured captured;

    os::log::debug("not wanted");
    os::log::set_level(os::log::Level::debug);
    os::log::debug("wanted");
    os::log::set_level(os::log::Level::info);

    CHECK(without_time(captured.text()) == "debug   wanted\n");
}
