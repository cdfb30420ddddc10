#include "health/folder_watch.hpp"

#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

namespace health {

namespace {

bool is_missing(int code) {
    return code == ENOENT || code == ENOTDIR;
}

}  // namespace

std::expected<std::unique_ptr<FolderWatch>, os::Error> FolderWatch::open(
    os::Loop& loop, std::vector<WatchedPath> paths, IsWanted is_wanted, OnNews on_news) {
    os::Fd fd(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (!fd.is_open()) {
        return std::unexpected(os::last_error("watch files by inotify"));
    }
    for (const WatchedPath& path : paths) {
        if (inotify_add_watch(fd.get(), path.path.c_str(), path.events) < 0 && !is_missing(errno)) {
            return std::unexpected(os::last_error("watch " + path.path));
        }
    }
    std::unique_ptr<FolderWatch> watch(
        new FolderWatch(std::move(fd), std::move(paths), std::move(is_wanted), std::move(on_news)));
    auto source = loop.watch(watch->fd_.get(), EPOLLIN, os::Urgency::checks,
                             [self = watch.get()](std::uint32_t /*events*/, vrrp::Instant now) {
                                 self->read_events(now);
                             });
    if (!source) {
        return std::unexpected(source.error());
    }
    watch->source_ = std::move(*source);
    return watch;
}

FolderWatch::FolderWatch(os::Fd fd, std::vector<WatchedPath> paths, IsWanted is_wanted,
                         OnNews on_news)
    : fd_(std::move(fd)),
      paths_(std::move(paths)),
      is_wanted_(std::move(is_wanted)),
      on_news_(std::move(on_news)) {}

/// What is left over is read in the next turn of the loop.
void FolderWatch::read_events(vrrp::Instant now) {
    alignas(inotify_event) std::array<char, 16384> buffer;
    const ssize_t size = read(fd_.get(), buffer.data(), buffer.size());
    bool is_news = false;
    for (ssize_t offset = 0; offset < size;) {
        inotify_event event{};
        std::memcpy(&event, buffer.data() + offset, sizeof(event));
        const char* const name = buffer.data() + offset + sizeof(event);
        is_news = is_news || (event.mask & IN_Q_OVERFLOW) != 0 ||
                  is_wanted_(event.len == 0 ? std::string_view() : std::string_view(name));
        offset += static_cast<ssize_t>(sizeof(event) + event.len);
    }
    if (is_news) {
        on_news_(now);
    }
}

}  // namespace health
