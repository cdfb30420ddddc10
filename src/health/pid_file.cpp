#include "health/pid_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include "health/process_files.hpp"
#include "health/regular_file.hpp"
#include "os/fd.hpp"

namespace health {

namespace {

/// How much earlier than its process a file may have been written, by clocks of whole seconds.
constexpr std::int64_t clock_slack = 2;

constexpr std::size_t longest_excerpt = 20;

NotFound failure(const std::string& path, int code) {
    return {.text = os::Error{code, path}.message(),
            .is_unknown = code != ENOENT && code != ENOTDIR};
}

NotFound unknown(std::string text) {
    return {.text = std::move(text), .is_unknown = true};
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    return begin == std::string_view::npos
               ? ""
               : text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// What people may see of a file that is not what it should be.
std::string excerpt(std::string_view text) {
    std::string shown(text.substr(0, longest_excerpt));
    std::ranges::replace_if(shown, [](char letter) { return letter < ' ' || letter > '~'; }, '?');
    return shown + (text.size() > longest_excerpt ? "..." : "");
}

std::expected<pid_t, std::string> to_pid(const std::string& path, std::string_view text) {
    const std::string_view line = trim(text.substr(0, text.find('\n')));
    if (line.empty()) {
        return std::unexpected(path +
                               (trim(text).empty() ? " is empty" : " begins with a blank line"));
    }
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), pid);
    if (error != std::errc() || end != line.data() + line.size() || pid <= 0) {
        return std::unexpected(
            fmt::format("{} says \"{}\", which is no process number", path, excerpt(line)));
    }
    return pid;
}

/// A process of another user than the file's, begun after the file was written, is not the one that
/// the file means: the number has passed on. But a file in memory that seems to be older than the
/// host's start was written before the wall clock was set, and its time says nothing.
bool has_passed_on(const PidFileContent& content) {
    if (content.is_in_memory && content.written_at < host_start_time().value_or(0)) {
        return false;
    }
    const auto users = process_users(content.pid);
    const auto started = process_start_time(content.pid);
    return users && started && std::ranges::find(*users, content.owner) == users->end() &&
           *started > content.written_at + clock_slack;
}

}  // namespace

std::expected<PidFileContent, NotFound> read_pid_file(const std::string& path) {
    const os::Fd place(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!place.is_open()) {
        return std::unexpected(failure(path, errno));
    }
    const auto file = open_regular(place);
    if (!file) {
        return std::unexpected(unknown(path + " " + file.error()));
    }
    std::array<char, 256> buffer;
    struct stat status{};
    const ssize_t size = read(file->get(), buffer.data(), buffer.size());
    if (size < 0 || fstat(file->get(), &status) != 0) {
        return std::unexpected(failure(path, errno));
    }
    const auto pid = to_pid(path, std::string_view(buffer.data(), static_cast<std::size_t>(size)));
    if (!pid) {
        return std::unexpected(unknown(pid.error()));
    }
    struct statfs file_system{};
    return PidFileContent{.pid = *pid,
                          .owner = status.st_uid,
                          .written_at = status.st_mtim.tv_sec,
                          .is_in_memory = fstatfs(file->get(), &file_system) == 0 &&
                                          file_system.f_type == TMPFS_MAGIC};
}

PidFile::PidFile(os::Loop& loop, std::string path, OnNews on_news)
    : path_(std::move(path)),
      watch_(path_, true, loop,
             [on_news = std::move(on_news)](FileChange /*change*/, vrrp::Instant now) mutable {
                 on_news(now);
             }) {}

std::expected<std::unique_ptr<PidFile>, os::Error> PidFile::open(os::Loop& loop, std::string path,
                                                                 OnNews on_news) {
    std::unique_ptr<PidFile> file(new PidFile(loop, std::move(path), std::move(on_news)));
    if (const auto started = file->watch_.start(); !started) {
        return std::unexpected(started.error());
    }
    return file;
}

std::expected<ProcessFinding, NotFound> PidFile::find(vrrp::Instant /*now*/) {
    watch_.settle();
    const auto living = read_living();
    if (living) {
        found_ = *living;
    } else if (!found_ || !is_alive(found_->pid).value_or(false) ||
               process_start_ticks(found_->pid) != found_->start_ticks) {
        found_.reset();
        return std::unexpected(living.error());
    }
    return ProcessFinding{.pids = {found_->pid}, .is_complete = true, .hidden = {}};
}

std::expected<PidFile::Found, NotFound> PidFile::read_living() const {
    if (auto refusal = watch_.refusal()) {
        return std::unexpected(unknown(std::move(*refusal)));
    }
    const auto content = read_pid_file(path_);
    if (!content) {
        return std::unexpected(content.error());
    }
    const pid_t pid = content->pid;
    if (!is_alive(pid).value_or(false)) {
        return std::unexpected(
            NotFound{.text = fmt::format("{} names process {}, which does not run", path_, pid)});
    }
    const Found living{.pid = pid, .start_ticks = process_start_ticks(pid)};
    if (living != found_ && has_passed_on(*content)) {
        return std::unexpected(unknown(fmt::format(
            "{} names process {} ({}), which is another user's and began after the file "
            "was written: the number has passed on",
            path_, pid, process_comm(pid))));
    }
    return living;
}

std::expected<bool, os::Error> PidFile::is_alive(pid_t pid) const {
    return is_living_process(pid);
}

std::string PidFile::describe_none() const {
    return "no process is named in " + path_;
}

ProcessFinder::News PidFile::news() const {
    const bool is_told = !watch_.blindness();
    return {.tells_first = is_told, .tells_all = is_told, .needs_looks = !is_told, .comm = ""};
}

}  // namespace health
