#include "health/file_probe.hpp"

#include "health/regular_file.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <expected>
#include <limits>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace health {

namespace {

/// How long a writer may take that does not close the file.
constexpr vrrp::Duration writing_time = std::chrono::milliseconds(100);

/// More than a number and the blanks around it.
constexpr std::size_t most_bytes = 64;

constexpr std::string_view blanks = " \t\r\n\v\f";

/// What stands where a file was looked for: what it holds, or why that can't be known.
struct Found {
    bool is_there = false;
    std::expected<std::string, std::string> content;
};

bool is_full(int fd) {
    struct statvfs status{};
    return fstatvfs(fd, &status) == 0 && status.f_bavail == 0;
}

std::string explain(int code) {
    return std::generic_category().message(code);
}

std::expected<std::string, std::string> read_beginning(const os::Fd& place) {
    const auto file = open_regular(place);
    if (!file) {
        return std::unexpected(file.error());
    }
    std::string content(most_bytes + 1, '\0');
    const ssize_t size = read(file->get(), content.data(), content.size());
    if (size < 0) {
        return std::unexpected("can't be read: " + explain(errno));
    }
    if (size == 0 && is_full(file->get())) {
        return std::unexpected("is empty, and its file system is full");
    }
    content.resize(static_cast<std::size_t>(size));
    return content;
}

/// nullopt where it can't be known whether it is there.
std::expected<Found, std::string> look_at(const FileProbeConfig& config) {
    const os::Fd place(open(config.path.c_str(), O_PATH | O_CLOEXEC));
    if (!place.is_open()) {
        if (errno == ENOENT || errno == ENOTDIR) {
            return Found{.is_there = false, .content = {}};
        }
        return std::unexpected("can't be looked at: " + explain(errno));
    }
    const bool is_read = config.wish == FileWish::number || config.wish == FileWish::number_or_zero;
    return Found{.is_there = true, .content = is_read ? read_beginning(place) : std::string()};
}

ProbeResult judge_number(const std::string& path, const Found& found) {
    const auto bad = [&path](std::string_view what) {
        return ProbeResult{.is_good = false, .detail = fmt::format("{} {}", path, what)};
    };
    if (!found.is_there) {
        return bad("is not there");
    }
    if (!found.content) {
        return bad(found.content.error());
    }
    if (found.content->find_first_not_of(blanks) == std::string::npos) {
        return bad("is empty");
    }
    if (found.content->size() > most_bytes) {
        return bad("holds more than a number");
    }
    const auto number = to_number(*found.content);
    return number ? ProbeResult{.is_good = true,
                                .detail = fmt::format("{} says {}", path, *number),
                                .number = number}
                  : bad("holds no number");
}

/// keepalived's way: whatever is wrong is 0.
ProbeResult judge_number_or_zero(const std::string& path, const Found& found) {
    const bool is_read = found.is_there && found.content;
    const int number = is_read ? leading_number(*found.content) : 0;
    std::string detail = fmt::format("{} says {}", path, number);
    if (!is_read) {
        detail =
            fmt::format("{} {}: 0", path, found.is_there ? found.content.error() : "is not there");
    }
    return {.is_good = true, .detail = std::move(detail), .number = number};
}

ProbeResult judge_found(const FileProbeConfig& config, const Found& found) {
    switch (config.wish) {
        case FileWish::number: return judge_number(config.path, found);
        case FileWish::number_or_zero: return judge_number_or_zero(config.path, found);
        case FileWish::present:
        case FileWish::absent: break;
    }
    return {
        .is_good = found.is_there == (config.wish == FileWish::present),
        .detail = fmt::format("{} {}", config.path, found.is_there ? "is there" : "is not there")};
}

}  // namespace

std::optional<int> to_number(std::string_view content) {
    const std::size_t first = content.find_first_not_of(blanks);
    if (first == std::string_view::npos) {
        return std::nullopt;
    }
    content = content.substr(first, content.find_last_not_of(blanks) - first + 1);
    if (content.size() > 1 && content[0] == '+' && content[1] != '-') {
        content.remove_prefix(1);
    }
    int number = 0;
    const auto [end, error] =
        std::from_chars(content.data(), content.data() + content.size(), number);
    const bool is_whole = error == std::errc() && end == content.data() + content.size();
    return is_whole ? std::optional(number) : std::nullopt;
}

int leading_number(std::string_view content) {
    const long number = std::strtol(std::string(content).c_str(), nullptr, 0);
    return static_cast<int>(
        std::clamp<long>(number, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()));
}

StartedProbe FileProbe::start(const CheckConfig& check, const FileProbeConfig& config,
                              ProbeContext context) {
    std::unique_ptr<FileProbe> probe(new FileProbe(check, config, std::move(context)));
    if (const auto started = probe->watch_.start(); !started) {
        return std::unexpected(started.error());
    }
    if (const auto started = probe->reporter_.start(); !started) {
        return std::unexpected(started.error());
    }
    return probe;
}

FileProbe::FileProbe(const CheckConfig& check, const FileProbeConfig& config, ProbeContext context)
    : config_(config),
      watch_(config.path,
             config.wish == FileWish::number || config.wish == FileWish::number_or_zero,
             context.loop, [this](FileChange change, vrrp::Instant now) { take(change, now); }),
      reporter_(check, std::move(context), [this] { return judge(); }) {}

void FileProbe::take(FileChange change, vrrp::Instant now) {
    reporter_.look_at(change == FileChange::written ? now + writing_time : now);
}

ProbeResult FileProbe::judge() {
    watch_.settle();
    const std::string& path = config_.path;
    if (const auto refusal = watch_.refusal()) {
        return {.is_good = false, .detail = *refusal};
    }
    const auto found = look_at(config_);
    ProbeResult result =
        found ? judge_found(config_, *found)
              : ProbeResult{.is_good = false, .detail = fmt::format("{} {}", path, found.error())};
    if (watch_.blindness()) {
        result.warning =
            fmt::format("looked at each second only: {}", watch_.blindness()->message());
    }
    return result;
}

}  // namespace health
