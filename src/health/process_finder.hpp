#pragma once

#include "os/error.hpp"
#include "vrrp/time.hpp"

#include <sys/types.h>

#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace health {

/// Why no process is found.
struct NotFound {
    std::string text;         ///< for people
    bool is_unknown = false;  ///< whether there may be some that can't be seen

    friend bool operator==(const NotFound&, const NotFound&) = default;
};

/// What a look at the processes of a pattern has found.
struct ProcessFinding {
    std::vector<pid_t> pids;
    bool is_complete = false;  ///< there are no others; else those found before may be more
    std::optional<std::string> hidden;  ///< why others can't be seen
};

/// Knows which processes a pattern means.
class ProcessFinder {
public:
    /// Is called from the loop when a look may find something new.
    using OnNews = std::move_only_function<void(vrrp::Instant now)>;

    ProcessFinder() = default;
    ProcessFinder(const ProcessFinder&) = delete;
    ProcessFinder& operator=(const ProcessFinder&) = delete;
    virtual ~ProcessFinder() = default;

    /// Looks.
    [[nodiscard]] virtual std::expected<ProcessFinding, NotFound> find(vrrp::Instant now) = 0;
    /// Whether this process lives and is meant; an error where it can't be looked at.
    [[nodiscard]] virtual std::expected<bool, os::Error> is_alive(pid_t pid) const = 0;
    /// "no process is named nginx"
    [[nodiscard]] virtual std::string describe_none() const = 0;

    /// How one comes to know of new processes.
    struct News {
        bool tells_first = false;  ///< OnNews is called for the first one
        bool tells_all = false;    ///< and for all others
        bool needs_looks = false;  ///< the kernel's process events alone would miss some
        std::string comm;          ///< the kernel tells when a process takes this name; or empty
    };
    [[nodiscard]] virtual News news() const = 0;
};

}  // namespace health
