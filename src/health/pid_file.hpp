#pragma once

#include "health/file_watch.hpp"
#include "health/process_finder.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>

namespace health {

/// What a pid file says.
struct PidFileContent {
    pid_t pid = 0;
    uid_t owner = 0;
    std::int64_t written_at = 0;  ///< seconds of the wall clock
    bool is_in_memory = false;    ///< on a file system that the host's end empties
};

/// Reads the number in the first line of a file, and never waits for anybody. Where the file is not
/// there it names nobody; what else is wrong with it leaves that unknown.
[[nodiscard]] std::expected<PidFileContent, NotFound> read_pid_file(const std::string& path);

/// The process whose number stands in a file. It is known of, once found, as long as it lives and
/// the file names no other one: who renames or writes the file anew does not end it. A number that
/// has passed to a process of another user since the file was written names nobody.
class PidFile final : public ProcessFinder {
public:
    /// Begins to watch the file; fails where the loop does. `loop` outlives it.
    [[nodiscard]] static std::expected<std::unique_ptr<PidFile>, os::Error> open(os::Loop& loop,
                                                                                 std::string path,
                                                                                 OnNews on_news);

    [[nodiscard]] std::expected<ProcessFinding, NotFound> find(vrrp::Instant now) override;
    [[nodiscard]] std::expected<bool, os::Error> is_alive(pid_t pid) const override;
    [[nodiscard]] std::string describe_none() const override;
    [[nodiscard]] News news() const override;

private:
    /// A process, and not a later one of its number.
    struct Found {
        pid_t pid = 0;
        std::optional<unsigned long long> start_ticks;  ///< nullopt: hidden

        friend bool operator==(const Found&, const Found&) = default;
    };

    PidFile(os::Loop& loop, std::string path, OnNews on_news);

    [[nodiscard]] std::expected<Found, NotFound> read_living() const;

    std::string path_;
    FileWatch watch_;
    std::optional<Found> found_;
};

}  // namespace health
