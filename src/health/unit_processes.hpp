#pragma once

#include "health/folder_watch.hpp"
#include "health/process_finder.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <sys/types.h>

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace health {

/// Where systemd's control groups are, whichever way they are mounted.
inline constexpr const char* cgroup_root = "/sys/fs/cgroup";

/// The processes of a systemd unit: those in its control group (version 2) and the groups in that.
/// A unit without a group does not run.
class UnitProcesses final : public ProcessFinder {
public:
    UnitProcesses(os::Loop& loop, std::string unit, OnNews on_news, std::string root = cgroup_root);

    [[nodiscard]] std::expected<ProcessFinding, NotFound> find(vrrp::Instant now) override;
    [[nodiscard]] std::expected<bool, os::Error> is_alive(pid_t pid) const override;
    [[nodiscard]] std::string describe_none() const override;
    [[nodiscard]] News news() const override;

private:
    [[nodiscard]] std::expected<std::string, std::string> unified_root() const;
    [[nodiscard]] std::vector<WatchedPath> paths_to_watch(const std::string& root);
    void follow(const std::string& root);

    os::Loop& loop_;
    std::string unit_;
    OnNews on_news_;
    std::string root_;
    std::optional<std::string> folder_;   ///< the unit's, if there is one
    std::optional<os::Error> failure_;    ///< of a slice that can't be looked at
    std::unique_ptr<FolderWatch> watch_;  ///< of it, or of all folders in which it may appear
};

}  // namespace health
