#pragma once

#include "os/process.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace os {

/// A program to be run.
struct Command {
    std::vector<std::string> arguments;    ///< the first is the program's absolute path
    std::vector<std::string> environment;  ///< "NAME=value", all that it sees
    std::vector<std::string> users;        ///< whom it runs as: the first that exists; none: us
    std::string group;                     ///< empty: the user's primary one
    bool is_guarded = false;  ///< as root it runs only where root alone may change its path

    friend bool operator==(const Command&, const Command&) = default;
};

/// How a program ended.
struct ExitStatus {
    std::string not_executed;  ///< why it could not be executed: then nothing else is set
    int code = 0;              ///< its exit status
    int signal = 0;            ///< the signal that ended it, or 0

    friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
};

/// All that is known of a program that has ended.
struct RunResult {
    ExitStatus status;
    std::string output;    ///< the last kilobyte of what it wrote to its standard error
    pid_t process = 0;     ///< 0: there was none
    Identity identity;     ///< whom it ran as, where there was a process
    bool is_lost = false;  ///< nothing is known of its end: the launcher itself has ended

    friend bool operator==(const RunResult&, const RunResult&) = default;
};

}  // namespace os
