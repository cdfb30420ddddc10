#pragma once

#include "health/file_watch.hpp"
#include "health/process_files.hpp"
#include "health/process_finder.hpp"
#include "health/process_match.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <dirent.h>
#include <sys/types.h>

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace health {

/// The processes of one name, program or command line among all that /proc shows. A process has a
/// name if that is its comm, or the base name of its executable; where we may not see the
/// executable, of its argv[0]. Kernel threads and zombies don't count.
class ProcessTable final : public ProcessFinder {
public:
    explicit ProcessTable(ProcessMatch match, std::string root = process_root)
        : match_(std::move(match)), root_(std::move(root)) {}

    /// The same, which learns where the path of a program leads whenever that changes, and tells
    /// it.
    [[nodiscard]] static std::expected<std::unique_ptr<ProcessTable>, os::Error> open(
        ProcessMatch match, os::Loop& loop, OnNews on_news);

    /// The living processes that are meant, among those that it looks at. Some hosts have thousands
    /// of processes, so only the first call looks at all; later ones at those that have come since,
    /// or less than two seconds ago (they may execute another program yet), and at a twentieth of
    /// the others, each time another. Fails where nothing is found and /proc hides processes from
    /// us.
    [[nodiscard]] std::expected<std::vector<pid_t>, os::Error> find_new(vrrp::Instant now);
    [[nodiscard]] std::expected<ProcessFinding, NotFound> find(vrrp::Instant now) override;

    [[nodiscard]] std::expected<bool, os::Error> is_alive(pid_t pid) const override;
    [[nodiscard]] std::string describe_none() const override { return match_.describe_none(); }
    [[nodiscard]] News news() const override;

private:
    struct Entry {
        pid_t pid = 0;
        ino_t inode = 0;  ///< tells a process from a later one of the same number
        vrrp::Instant first_seen;
    };

    [[nodiscard]] std::vector<Entry> list(DIR* folder, vrrp::Instant now) const;
    bool follow_program();
    [[nodiscard]] std::optional<os::Error> hides_processes() const;
    [[nodiscard]] bool is_due(const Entry& entry, vrrp::Instant now) const;
    [[nodiscard]] std::expected<bool, int> lives(int folder, const std::string& process) const;

    ProcessMatch match_;
    std::string root_;
    std::vector<Entry> known_;  ///< by ascending pid
    int turn_ = 0;
    bool is_all_due_ = false;
    std::unique_ptr<FileWatch> program_;  ///< where one is meant, and followed
};

}  // namespace health
