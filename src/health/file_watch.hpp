#pragma once

#include "health/mount_table.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace health {

/// What is told of a file.
enum class FileChange : std::uint8_t {
    another,  ///< it came, went, was replaced, or its writer has closed it
    written,  ///< somebody is writing to it, and may not be done yet
};

/// Tells what becomes of the file at a path (inotify), also where its folders come, go or are
/// replaced, are symbolic links, or are mounted over. Each folder on the way to the file is
/// watched, and of what it holds only the next one on the way. Where the kernel can't tell, it
/// calls each second. Pinned.
class FileWatch {
public:
    using OnChange = std::move_only_function<void(FileChange change, vrrp::Instant now)>;

    /// `path` is absolute. `watches_content`: changes of what is in the file are told too. `loop`
    /// outlives the watch; `on_change` does not destroy it.
    FileWatch(std::string path, bool watches_content, os::Loop& loop, OnChange on_change);
    FileWatch(const FileWatch&) = delete;
    FileWatch& operator=(const FileWatch&) = delete;

    /// Begins to watch. Called once.
    [[nodiscard]] std::expected<void, os::Error> start();

    /// Takes in what has been mounted up to now, which is otherwise told up to a tenth of a second
    /// late where mounts change all the time: before a look at the file, which could hang.
    void settle();

    /// Why nobody may look at the file, for people: a file system on the way is another host's or
    /// another process's, and may wait for ever. nullopt where there is none such.
    [[nodiscard]] std::optional<std::string> refusal() const;

    /// The path without symbolic links; empty where nothing is there, or nobody may look.
    [[nodiscard]] const std::string& place() const { return place_; }

    /// Why the kernel can't tell of changes; nullopt where it can.
    [[nodiscard]] const std::optional<os::Error>& blindness() const { return blindness_; }

private:
    [[nodiscard]] std::expected<os::Source, os::Error> watch_mounts();
    void on_mounts(vrrp::Instant now);
    void trace();
    void follow_path();
    void end_at(const std::string& place, mode_t mode);
    void watch_folder(const std::string& folder, const std::string& name);
    void watch_file(const std::string& file);
    [[nodiscard]] std::optional<int> add(const std::string& path, std::uint32_t mask);
    void read_events(vrrp::Instant now);
    [[nodiscard]] std::optional<FileChange> meaning_of(int watch, std::uint32_t mask,
                                                       const char* name) const;
    void look_again(vrrp::Instant now);

    std::string path_;
    bool watches_content_;
    os::Loop& loop_;
    OnChange on_change_;
    os::Fd events_;
    MountTable mounts_;
    bool mounts_have_changed_ = false;  ///< since they were read
    vrrp::Instant next_reading_;        ///< of mounts, unless somebody looks before
    os::Source events_source_;
    os::Source mounts_source_;
    os::Timer retry_;
    os::Timer reading_;
    std::map<int, std::set<std::string, std::less<>>> folders_;  ///< what is of interest there
    std::optional<int> file_;
    std::string remote_;  ///< a kind of file system; or empty
    std::string place_;
    std::optional<os::Error> no_events_;  ///< why there is no inotify at all
    std::optional<os::Error> blindness_;
};

}  // namespace health
