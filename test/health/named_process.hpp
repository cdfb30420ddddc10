#pragma once

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <string>

namespace health_test {

/// A name that no other process has.
inline std::string unique_name() {
    static int count = 0;
    return "us-" + std::to_string(getpid()) + "-" + std::to_string(++count);
}

/// A child of the test that has a name and waits for its end. Like any child it stays a zombie
/// until it is reaped, here at the end of the scope at the latest.
class NamedProcess {
public:
    explicit NamedProcess(const std::string& name)
        : NamedProcess([&] { prctl(PR_SET_NAME, name.c_str()); }) {}

    /// A child that first does this; when the constructor returns it has done it, or has begun an
    /// exec that closes its descriptors.
    explicit NamedProcess(const std::function<void()>& prepare) {
        std::array<int, 2> ends{};
        [[maybe_unused]] int result = pipe2(ends.data(), O_CLOEXEC);
        pid_ = fork();
        if (pid_ == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            signal(SIGTERM, SIG_DFL);  // Catch2 handles it
            prepare();
            close(ends[1]);
            while (true) {
                pause();
            }
        }
        close(ends[1]);
        char byte = 0;
        result = static_cast<int>(read(ends[0], &byte, 1));
        close(ends[0]);
    }
    NamedProcess(const NamedProcess&) = delete;
    NamedProcess& operator=(const NamedProcess&) = delete;
    ~NamedProcess() {
        kill(SIGKILL);
        reap();
    }

    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] std::string text() const { return std::to_string(pid_); }
    void kill(int signal) const { ::kill(pid_, signal); }
    /// Takes the zombie away; waits for the end of the process.
    void reap() const { waitid(P_PID, static_cast<id_t>(pid_), nullptr, WEXITED); }

private:
    pid_t pid_ = 0;
};

}  // namespace health_test
