#include "health/file_watch.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <utility>

#include "os/path_walk.hpp"

namespace health {

namespace {

constexpr std::uint32_t folder_events = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                        IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr std::uint32_t file_events = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB;

/// How often to look where the kernel does not tell.
constexpr vrrp::Duration blind_interval = std::chrono::seconds(1);

/// How long to wait before mounts are read again: some hosts have thousands, that change often.
constexpr vrrp::Duration mounts_interval = std::chrono::milliseconds(100);

/// So that a folder in which others make files without end does not hold up the loop.
constexpr int reads_per_wake_up = 16;

}  // namespace

FileWatch::FileWatch(std::string path, bool watches_content, os::Loop& loop, OnChange on_change)
    : path_(std::move(path)),
      watches_content_(watches_content),
      loop_(loop),
      on_change_(std::move(on_change)) {}

std::expected<void, os::Error> FileWatch::start() {
    auto retry = loop_.timer(os::Urgency::checks, [this](vrrp::Instant now) { look_again(now); });
    if (!retry) {
        return std::unexpected(retry.error());
    }
    retry_ = std::move(*retry);
    auto reading = loop_.timer(os::Urgency::checks, [this](vrrp::Instant now) { look_again(now); });
    if (!reading) {
        return std::unexpected(reading.error());
    }
    reading_ = std::move(*reading);
    events_ = os::Fd(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!events_.is_open()) {
        no_events_ = os::last_error("watch " + path_);
    } else {
        auto source =
            loop_.watch(events_.get(), EPOLLIN, os::Urgency::checks,
                        [this](std::uint32_t /*events*/, vrrp::Instant now) { read_events(now); });
        if (!source) {
            return std::unexpected(source.error());
        }
        events_source_ = std::move(*source);
    }
    auto mounts = watch_mounts();
    if (!mounts) {
        return std::unexpected(mounts.error());
    }
    mounts_source_ = std::move(*mounts);
    trace();
    return {};
}

/// What is mounted over a folder hides it, and inotify says nothing.
std::expected<os::Source, os::Error> FileWatch::watch_mounts() {
    mounts_.open();
    if (!mounts_.fd().is_open()) {
        return os::Source();
    }
    // What changes until it is watched is seen by the first look.
    mounts_have_changed_ = true;
    return loop_.watch(mounts_.fd().get(), EPOLLPRI, os::Urgency::checks,
                       [this](std::uint32_t /*events*/, vrrp::Instant now) { on_mounts(now); });
}

void FileWatch::on_mounts(vrrp::Instant now) {
    mounts_have_changed_ = true;
    if (now < next_reading_) {
        reading_.arm(next_reading_);
    } else {
        look_again(now);
    }
}

void FileWatch::settle() {
    if (mounts_have_changed_ || mounts_.has_changed()) {
        mounts_have_changed_ = true;
        trace();
    }
}

/// Follows the path as it is now, and watches all that could make it another one.
void FileWatch::trace() {
    const auto before = std::exchange(folders_, {});
    const auto file_before = std::exchange(file_, std::nullopt);
    remote_.clear();
    place_.clear();
    if (std::exchange(mounts_have_changed_, false) || mounts_.has_changed()) {
        mounts_.read();
        reading_.disarm();
        next_reading_ = loop_.now() + mounts_interval;
    }
    blindness_ = no_events_;
    follow_path();
    for (const auto& [watch, names] : before) {
        if (!folders_.contains(watch) && watch != file_) {
            inotify_rm_watch(events_.get(), watch);
        }
    }
    if (file_before && file_before != file_ && !folders_.contains(*file_before)) {
        inotify_rm_watch(events_.get(), *file_before);
    }
    if (blindness_) {
        retry_.arm(loop_.now() + blind_interval);
    } else {
        retry_.disarm();
    }
}

/// A folder is watched before its contents are looked at, so that nothing is missed in between.
void FileWatch::follow_path() {
    os::PathWalk walk(path_);
    while (walk.next()) {
        watch_folder(walk.folder(), walk.name());
        const std::string place = walk.place();
        const std::string file_system = file_system_of(place, mounts_.mounts());
        if (is_remote(file_system)) {
            remote_ = file_system;
            return;
        }
        const auto status = walk.pass();
        if (status && walk.has_arrived()) {
            end_at(place, status->st_mode);
        }
    }
}

void FileWatch::end_at(const std::string& place, mode_t mode) {
    place_ = place;
    if (watches_content_ && !S_ISDIR(mode)) {
        watch_file(place);
    }
}

std::optional<std::string> FileWatch::refusal() const {
    if (remote_.empty()) {
        return std::nullopt;
    }
    return fmt::format("{} is on {}, which could hold the daemon up, and is not looked at", path_,
                       remote_);
}

void FileWatch::watch_folder(const std::string& folder, const std::string& name) {
    if (const auto watch = add(folder, folder_events)) {
        folders_[*watch].insert(name);
    }
}

void FileWatch::watch_file(const std::string& file) {
    file_ = add(file, file_events);
}

std::optional<int> FileWatch::add(const std::string& path, std::uint32_t mask) {
    if (!events_.is_open()) {
        return std::nullopt;
    }
    const int watch = inotify_add_watch(events_.get(), path.c_str(), mask);
    if (watch >= 0) {
        return watch;
    }
    // What has gone meanwhile was seen to go by the folder before it.
    if (errno != ENOENT && errno != ENOTDIR) {
        blindness_ = os::last_error("watch " + path);
    }
    return std::nullopt;
}

void FileWatch::read_events(vrrp::Instant now) {
    alignas(inotify_event) std::array<char, 4096> buffer;
    std::optional<FileChange> change;
    bool is_same_file = true;
    for (int reads = 0; reads < reads_per_wake_up; ++reads) {
        const ssize_t size = read(events_.get(), buffer.data(), buffer.size());
        if (size <= 0) {
            break;
        }
        for (ssize_t offset = 0; offset < size;) {
            const auto& event = *reinterpret_cast<const inotify_event*>(buffer.data() + offset);
            const auto seen = meaning_of(event.wd, event.mask, event.len > 0 ? event.name : "");
            if (seen && change != FileChange::another) {
                change = seen;
            }
            is_same_file &= !seen || event.wd == file_;
            offset += static_cast<ssize_t>(sizeof(inotify_event) + event.len);
        }
    }
    if (!is_same_file) {
        trace();
    }
    if (change) {
        on_change_(*change, now);
    }
}

std::optional<FileChange> FileWatch::meaning_of(int watch, std::uint32_t mask,
                                                const char* name) const {
    if ((mask & IN_Q_OVERFLOW) != 0) {
        return FileChange::another;
    }
    if (watch == file_) {
        return mask == IN_MODIFY ? FileChange::written : FileChange::another;
    }
    const auto folder = folders_.find(watch);
    if (folder == folders_.end()) {
        return std::nullopt;
    }
    constexpr std::uint32_t of_itself = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED;
    if ((mask & of_itself) != 0 || folder->second.contains(name)) {
        // A new file is empty until its writer has written.
        const bool is_new = watches_content_ && (mask & IN_CREATE) != 0 && (mask & IN_ISDIR) == 0;
        return is_new ? FileChange::written : FileChange::another;
    }
    return std::nullopt;
}

void FileWatch::look_again(vrrp::Instant now) {
    trace();
    on_change_(FileChange::another, now);
}

}  // namespace health
