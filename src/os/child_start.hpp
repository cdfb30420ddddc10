#pragma once

#include "os/process.hpp"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace os {

/// What a child does before its program runs.
enum class ChildStep : std::uint8_t {
    redirect,
    drop_groups,
    become_group,
    become_user,
    drop_capabilities,
    find_interpreter,
    execute,
};

/// A child to be started, and what has become of that. The child shares this memory until its
/// program runs, so it can say by `failure` why that doesn't.
struct ChildStart {
    const std::vector<std::string>* arguments = nullptr;    ///< outlive the start
    const std::vector<std::string>* environment = nullptr;  ///< outlive the start
    Identity identity;
    int standard_error = -1;

    pid_t pid = 0;    ///< 0 until there is a child; also other threads read it, by an atomic_ref
    int failure = 0;  ///< an errno: there is no program
    ChildStep step = ChildStep::execute;
};

/// Starts the child: a process group of its own, without groups and capabilities, with our own
/// input and output, and `standard_error`. It outlives the thread that calls this. Returns when
/// its program runs, or failed to: for as long as the file system takes that it stands on, which
/// may be for ever. All of the calling process's descriptors from 3 on are closed for it; signals
/// are as that process has them, but none is blocked.
void start_child(ChildStart& start);

/// "execute /missing/check: No such file or directory"
[[nodiscard]] std::string describe_failure(const ChildStart& start);

}  // namespace os
