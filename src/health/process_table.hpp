#pragma once

#include "os/error.hpp"
#include "vrrp/time.hpp"

#include <dirent.h>
#include <sys/types.h>

#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace health {

/// The processes of one name among all that /proc shows. A process has a name if that is its comm,
/// or the base name of its executable; where we may not see the executable, of its argv[0]. Kernel
/// threads and zombies don't count.
class ProcessTable {
public:
    explicit ProcessTable(std::string name, std::string root = "/proc")
        : name_(std::move(name)), root_(std::move(root)) {}

    /// The living processes of the name, among those that it looks at. Some hosts have thousands of
    /// processes, so only the first call looks at all; later ones at those that have come since, or
    /// less than two seconds ago (they may execute another program yet), and at a twentieth of the
    /// others, each time another. Fails where nothing is found and /proc hides processes from us.
    [[nodiscard]] std::expected<std::vector<pid_t>, os::Error> find_new(vrrp::Instant now);

    /// Whether this process lives and has the name; an error where it can't be looked at.
    [[nodiscard]] std::expected<bool, os::Error> is_alive(pid_t pid) const;

    /// How an exited process that `pidfd` refers to has ended, as wait() would tell its parent;
    /// nullopt where the kernel does not say: while it is a zombie only to who may trace it, and
    /// after that from Linux 6.15 on.
    [[nodiscard]] std::optional<int> wait_status(pid_t pid, int pidfd) const;

private:
    struct Entry {
        pid_t pid = 0;
        ino_t inode = 0;  ///< tells a process from a later one of the same number
        vrrp::Instant first_seen;
    };

    [[nodiscard]] std::vector<Entry> list(DIR* folder, vrrp::Instant now) const;
    [[nodiscard]] bool is_due(const Entry& entry, vrrp::Instant now) const;

    std::string name_;
    std::string root_;
    std::vector<Entry> known_;  ///< by ascending pid
    int turn_ = 0;
};

}  // namespace health
