#include "health/process_table.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

namespace health {

namespace {

/// How long a new process is looked at each time: it may execute another program yet.
constexpr vrrp::Duration youth = std::chrono::seconds(2);

/// All others are looked at once in as many calls.
constexpr int turns = 20;

pid_t to_pid(std::string_view text) {
    pid_t pid = 0;
    std::from_chars(text.data(), text.data() + text.size(), pid);
    return pid;
}

struct CloseFolder {
    void operator()(DIR* folder) const { closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

}  // namespace

std::expected<std::unique_ptr<ProcessTable>, os::Error> ProcessTable::open(ProcessMatch match,
                                                                           os::Loop& loop,
                                                                           OnNews on_news) {
    auto table = std::make_unique<ProcessTable>(std::move(match));
    const std::string path = table->match_.program();
    if (path.empty()) {
        return table;
    }
    table->program_ =
        std::make_unique<FileWatch>(path, false, loop,
                                    [self = table.get(), on_news = std::move(on_news)](
                                        FileChange /*change*/, vrrp::Instant now) mutable {
                                        if (self->follow_program()) {
                                            on_news(now);
                                        }
                                    });
    if (const auto started = table->program_->start(); !started) {
        return std::unexpected(started.error());
    }
    table->follow_program();
    return table;
}

/// Who runs what the path leads to now may have run that for long.
bool ProcessTable::follow_program() {
    const bool is_news = match_.set_program_place(program_->place());
    is_all_due_ = is_all_due_ || is_news;
    return is_news;
}

std::expected<std::vector<pid_t>, os::Error> ProcessTable::find_new(vrrp::Instant now) {
    const Folder opened(opendir(root_.c_str()));
    if (!opened) {
        return std::unexpected(os::last_error("open " + root_));
    }
    const int folder = dirfd(opened.get());
    std::vector<Entry> entries = list(opened.get(), now);
    std::vector<pid_t> found;
    for (const Entry& entry : entries) {
        if (!is_due(entry, now)) {
            continue;
        }
        const auto answer = lives(folder, std::to_string(entry.pid));
        if (!answer) {
            return std::unexpected(os::Error{answer.error(), "look for processes in " + root_});
        }
        if (*answer) {
            found.push_back(entry.pid);
        }
    }
    known_ = std::move(entries);
    is_all_due_ = false;
    turn_ = (turn_ + 1) % turns;
    if (auto hidden = found.empty() ? hides_processes() : std::nullopt) {
        return std::unexpected(std::move(*hidden));
    }
    return found;
}

/// Process 1 is always there.
std::optional<os::Error> ProcessTable::hides_processes() const {
    const std::string path = root_ + "/1/comm";
    std::array<char, 64> buffer;
    const auto first = read_at(AT_FDCWD, path, buffer);
    if (first) {
        return std::nullopt;
    }
    return os::Error{first.error(), "read " + path + " (are processes hidden by hidepid?)"};
}

/// All processes there are, by ascending pid, with what is known of them.
std::vector<ProcessTable::Entry> ProcessTable::list(DIR* folder, vrrp::Instant now) const {
    // What was there before us is not young.
    const vrrp::Instant first_seen = known_.empty() ? vrrp::Instant{} : now;
    std::vector<Entry> entries;
    while (const dirent* entry = readdir(folder)) {
        if (const auto pid = to_pid(entry->d_name); pid > 0) {
            entries.push_back({.pid = pid, .inode = entry->d_ino, .first_seen = first_seen});
        }
    }
    std::ranges::sort(entries, {}, &Entry::pid);
    auto known = known_.begin();
    for (Entry& entry : entries) {
        known = std::ranges::lower_bound(known, known_.end(), entry.pid, {}, &Entry::pid);
        if (known != known_.end() && known->pid == entry.pid && known->inode == entry.inode) {
            entry.first_seen = known->first_seen;
        }
    }
    return entries;
}

bool ProcessTable::is_due(const Entry& entry, vrrp::Instant now) const {
    return known_.empty() || is_all_due_ || now - entry.first_seen < youth ||
           entry.pid % turns == turn_;
}

std::expected<bool, os::Error> ProcessTable::is_alive(pid_t pid) const {
    const std::string process = root_ + "/" + std::to_string(pid);
    const auto answer = lives(AT_FDCWD, process);
    if (!answer) {
        return std::unexpected(os::Error{answer.error(), "look at " + process});
    }
    return *answer;
}

/// Whether the process lives and is meant; an errno when we can't look at any process. One that is
/// gone, or hidden from us, does not.
std::expected<bool, int> ProcessTable::lives(int folder, const std::string& process) const {
    const auto answer = match_.is_meant(folder, process);
    if (answer && !*answer) {
        return false;
    }
    const auto stat = answer ? read_process_stat(folder, process) : std::unexpected(answer.error());
    if (stat) {
        return is_living_process(*stat);
    }
    const int code = stat.error();
    if (code == ENOENT || code == ESRCH || code == EACCES || code == EPERM) {
        return false;
    }
    return std::unexpected(code);
}

std::expected<ProcessFinding, NotFound> ProcessTable::find(vrrp::Instant now) {
    auto pids = find_new(now);
    if (!pids) {
        return std::unexpected(NotFound{.text = pids.error().message(), .is_unknown = true});
    }
    ProcessFinding finding{.pids = std::move(*pids), .is_complete = false, .hidden = {}};
    if (const auto hidden = hides_processes()) {
        finding.hidden = hidden->message();
    }
    return finding;
}

ProcessFinder::News ProcessTable::news() const {
    return {.tells_first = false,
            .tells_all = false,
            .needs_looks = match_.is_silent(),
            .comm = match_.comm()};
}

}  // namespace health
