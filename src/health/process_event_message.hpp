#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace health {

/// What the kernel tells of processes (linux/cn_proc.h), as far as we want to know it.
struct ProcessEvent {
    enum class Kind : std::uint8_t {
        answer,   ///< to our own wish to be told; `pid` is nobody
        started,  ///< a process has forked, executed a program or taken a name
    };
    Kind kind = Kind::answer;
    pid_t pid = 0;
    int error = 0;  ///< of an answer: errno, 0 if the wish is granted

    friend bool operator==(const ProcessEvent&, const ProcessEvent&) = default;
};

/// Which processes one wants to be told of, beside all that execute a program.
struct ProcessWish {
    std::string comm;            ///< that take this name, of at most 15 bytes; empty: none
    std::vector<pid_t> parents;  ///< that are forked by these; at most max_parents count

    static constexpr std::size_t max_parents = 1000;

    friend bool operator==(const ProcessWish&, const ProcessWish&) = default;
};

/// Reads one netlink message; nullopt for one that says nothing we want to know.
[[nodiscard]] std::optional<ProcessEvent> decode_process_event(std::span<const std::byte> message);

/// The message that begins to be told, or ends it.
[[nodiscard]] std::vector<std::byte> encode_process_listen(bool listens);

/// What a socket lets through: answers, and what is wished. Threads and forks of others are
/// dropped by the kernel.
[[nodiscard]] std::vector<sock_filter> process_event_filter(const ProcessWish& wish);

}  // namespace health
