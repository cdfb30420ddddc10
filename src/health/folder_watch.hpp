#pragma once

#include "os/error.hpp"
#include "os/fd.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace health {

/// What is watched: a folder's entries, or a single file.
struct WatchedPath {
    std::string path;
    std::uint32_t events = 0;    ///< of inotify(7): IN_CREATE, …
    std::uint64_t identity = 0;  ///< another one under the same path has another

    friend bool operator==(const WatchedPath&, const WatchedPath&) = default;
};

/// Tells when something happens in folders, as the kernel does. Pinned.
class FolderWatch {
public:
    /// Whether something that happens to the entry of this name is news; empty: to what is watched
    /// itself.
    using IsWanted = std::function<bool(std::string_view name)>;
    /// Must not destroy the FolderWatch that calls it.
    using OnNews = std::move_only_function<void(vrrp::Instant now)>;

    /// A path that does not exist is left out: look at it once more after this, then nothing is
    /// missed. Fails where the kernel gives no watches, or one may not look.
    [[nodiscard]] static std::expected<std::unique_ptr<FolderWatch>, os::Error> open(
        os::Loop& loop, std::vector<WatchedPath> paths, IsWanted is_wanted, OnNews on_news);

    FolderWatch(const FolderWatch&) = delete;
    FolderWatch& operator=(const FolderWatch&) = delete;

    [[nodiscard]] const std::vector<WatchedPath>& paths() const { return paths_; }

private:
    FolderWatch(os::Fd fd, std::vector<WatchedPath> paths, IsWanted is_wanted, OnNews on_news);

    void read_events(vrrp::Instant now);

    os::Fd fd_;
    std::vector<WatchedPath> paths_;
    IsWanted is_wanted_;
    OnNews on_news_;
    os::Source source_;
};

}  // namespace health
