#include "health/unit_processes.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <memory>
#include <string_view>
#include <utility>

#include "health/process_files.hpp"

namespace health {

namespace {

/// Slices within slices, and groups within a unit's: nobody has as many.
constexpr int max_depth = 16;

struct CloseFolder {
    void operator()(DIR* folder) const { closedir(folder); }
};

/// The folders in a folder; none where it is gone, an errno where it can't be looked at.
std::expected<std::vector<std::string>, int> subfolders(const std::string& path) {
    std::vector<std::string> names;
    const std::unique_ptr<DIR, CloseFolder> folder(opendir(path.c_str()));
    if (!folder && errno != ENOENT) {
        return std::unexpected(errno);
    }
    while (const dirent* entry = folder ? readdir(folder.get()) : nullptr) {
        const std::string_view name = entry->d_name;
        if (entry->d_type == DT_DIR && name != "." && name != "..") {
            names.emplace_back(name);
        }
    }
    return names;
}

std::uint64_t inode_of(const std::string& path) {
    struct stat status{};
    return stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

bool exists(const std::string& path) {
    return access(path.c_str(), F_OK) == 0;
}

bool is_slice(std::string_view name) {
    return name.ends_with(".slice");
}

/// systemd writes an underscore before a name that the kernel could take for a file of its own.
bool is_folder_of(std::string_view name, std::string_view unit) {
    return name == unit || (name.starts_with('_') && name.substr(1) == unit);
}

/// The slices from `folder` on downwards, itself first; and the unit's folder, if it is in one.
struct Search {
    std::string_view unit;
    std::vector<std::string> slices;
    std::optional<std::string> found;
    std::optional<os::Error> failure;  ///< of a slice that can't be looked at

    void walk(const std::string& folder, int depth) {
        const auto names = subfolders(folder);
        if (!names) {
            failure = os::Error{names.error(), "look for units in " + folder};
            return;
        }
        slices.push_back(folder);
        for (const std::string& name : *names) {
            const std::string path = folder + "/" + name;
            if (is_folder_of(name, unit)) {
                found = path;
            } else if (is_slice(name) && depth < max_depth) {
                walk(path, depth + 1);
            }
            if (found) {
                return;
            }
        }
    }
};

/// Processes of other process namespaces are told as 0.
void add_processes(const std::string& folder, int depth, std::vector<pid_t>& pids) {
    std::ifstream file(folder + "/cgroup.procs");
    for (pid_t pid = 0; file >> pid;) {
        if (pid > 0) {
            pids.push_back(pid);
        }
    }
    for (const std::string& name : subfolders(folder).value_or(std::vector<std::string>{})) {
        if (depth < max_depth) {
            add_processes(folder + "/" + name, depth + 1, pids);
        }
    }
}

bool is_in(const std::string& group, const std::string& outer) {
    return group == outer || group.starts_with(outer + "/");
}

}  // namespace

UnitProcesses::UnitProcesses(os::Loop& loop, std::string unit, OnNews on_news, std::string root)
    : loop_(loop), unit_(std::move(unit)), on_news_(std::move(on_news)), root_(std::move(root)) {}

std::expected<ProcessFinding, NotFound> UnitProcesses::find(vrrp::Instant /*now*/) {
    const auto root = unified_root();
    if (!root) {
        return std::unexpected(NotFound{.text = root.error(), .is_unknown = true});
    }
    follow(*root);
    if (!folder_ && failure_) {
        return std::unexpected(NotFound{.text = failure_->message(), .is_unknown = true});
    }
    if (!folder_) {
        return std::unexpected(NotFound{.text = fmt::format("unit {} does not run", unit_)});
    }
    ProcessFinding finding{.pids = {}, .is_complete = true, .hidden = {}};
    add_processes(*folder_, 0, finding.pids);
    return finding;
}

/// Beside version 1 the second one is mounted below it.
std::expected<std::string, std::string> UnitProcesses::unified_root() const {
    for (const std::string& root : {root_, root_ + "/unified"}) {
        if (exists(root + "/cgroup.controllers")) {
            return root;
        }
    }
    return std::unexpected(fmt::format("no control groups of version 2 at {}", root_));
}

/// Looks where the unit is, and what tells of its coming and going.
std::vector<WatchedPath> UnitProcesses::paths_to_watch(const std::string& root) {
    constexpr std::uint32_t entries = IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM;
    Search search{.unit = unit_, .slices = {}, .found = {}, .failure = {}};
    search.walk(root, 0);
    folder_ = search.found;
    failure_ = search.failure;
    std::vector<WatchedPath> paths;
    if (!folder_) {
        for (const std::string& slice : search.slices) {
            paths.push_back({slice, entries | IN_ONLYDIR, inode_of(slice)});
        }
        return paths;
    }
    const std::string slice = folder_->substr(0, folder_->rfind('/'));
    paths.push_back({slice, entries | IN_ONLYDIR, inode_of(slice)});
    // Says so when the first process comes, and when the last one goes.
    const std::string populated = *folder_ + "/cgroup.events";
    paths.push_back({populated, IN_MODIFY, inode_of(populated)});
    return paths;
}

/// What comes between a look and the watch is seen in the next round.
void UnitProcesses::follow(const std::string& root) {
    for (int round = 0; round < 3; ++round) {
        std::vector<WatchedPath> paths = paths_to_watch(root);
        if (watch_ && watch_->paths() == paths) {
            return;
        }
        auto watch = FolderWatch::open(
            loop_, std::move(paths),
            [this](std::string_view name) {
                return name.empty() || is_folder_of(name, unit_) || is_slice(name);
            },
            [this](vrrp::Instant now) { on_news_(now); });
        watch_ = watch ? std::move(*watch) : nullptr;
    }
}

/// A process knows its group by the path from the root on.
std::expected<bool, os::Error> UnitProcesses::is_alive(pid_t pid) const {
    const auto root = unified_root();
    if (!root || !folder_ || !is_in(process_group(pid), folder_->substr(root->size()))) {
        return false;
    }
    return is_living_process(pid);
}

std::string UnitProcesses::describe_none() const {
    return fmt::format("unit {} has no process", unit_);
}

ProcessFinder::News UnitProcesses::news() const {
    const bool is_told = watch_ != nullptr;
    return {.tells_first = is_told, .tells_all = false, .needs_looks = !is_told, .comm = ""};
}

}  // namespace health
