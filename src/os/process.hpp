#pragma once

#include "os/error.hpp"
#include "os/fd.hpp"

#include <sys/types.h>

#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace os {

/// Whom a child runs as. It gets no supplementary group and no capability.
struct Identity {
    uid_t user = 0;
    gid_t group = 0;
};

/// The user of that name with its primary group; nullopt where there is none. Reads the user
/// database, which may be slow where that is on the network.
[[nodiscard]] std::optional<Identity> find_user(const std::string& name);

/// A descriptor that stays with the process of that number, and is readable once that has ended.
[[nodiscard]] std::expected<Fd, Error> open_process(pid_t pid);

/// A program to be run.
struct Command {
    std::vector<std::string> arguments;    ///< the first is the program's absolute path
    std::vector<std::string> environment;  ///< "NAME=value", all that the child sees
    std::optional<Identity> identity;      ///< nullopt: our own
};

/// How a child ended.
struct ExitStatus {
    std::optional<Error> not_executed;  ///< it could not be executed: nothing else is set
    int code = 0;                       ///< its exit status
    int signal = 0;                     ///< the signal that ended it, or 0
};

/// A running child in a process group of its own, with /dev/null as input and output. Killed with
/// all of its group when its owner goes.
class Child {
public:
    /// Starts a program without waiting for it, not even for its exec. The child dies with the
    /// thread that calls this: let it be one that lives as long as the daemon.
    [[nodiscard]] static std::expected<Child, Error> spawn(const Command& command);

    Child(Child&&) noexcept = default;
    Child& operator=(Child&& other) noexcept;
    /// Never waits: a child that the kernel does not let go of at once is reaped in the background.
    ~Child();

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Readable when the child has ended.
    [[nodiscard]] int pidfd() const { return pidfd_.get(); }
    /// The reading end of the child's standard error, non-blocking.
    [[nodiscard]] int standard_error() const { return standard_error_.get(); }

    /// Kills the whole process group; does nothing once the child is reaped.
    void kill_group();
    /// How it ended; nullopt while it runs, and when it has been told before. Reaps it, and kills
    /// what is left of its group.
    [[nodiscard]] std::optional<ExitStatus> reap();

private:
    Child() = default;

    void abandon();
    [[nodiscard]] std::optional<Error> read_failure() const;

    pid_t pid_ = 0;
    bool is_reaped_ = false;
    std::string program_;
    Identity identity_;
    Fd pidfd_;
    Fd exec_status_;
    Fd standard_error_;
};

}  // namespace os
