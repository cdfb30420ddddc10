#include "health/process_probe.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>
#include <variant>

#include "health/pid_file.hpp"
#include "health/process_files.hpp"
#include "health/process_match.hpp"
#include "health/process_table.hpp"
#include "health/unit_processes.hpp"
#include "os/process.hpp"

namespace health {

namespace {

/// More than are needed are watched, so that one death seldom makes us look at all processes; but
/// not hundreds, since each takes a descriptor.
constexpr std::size_t watched_in_reserve = 64;

/// How many processes are told one by one.
constexpr std::size_t most_noted = 10;

std::size_t capacity_of(const ProcessProbeConfig& config) {
    return static_cast<std::size_t>(std::max(config.min, config.max.value_or(0) + 1)) +
           watched_in_reserve;
}

}  // namespace

StartedProbe ProcessProbe::start(const CheckConfig& check, const ProcessProbeConfig& config,
                                 ProbeContext context) {
    std::unique_ptr<ProcessProbe> probe(new ProcessProbe(check, config, std::move(context)));
    if (const auto opened = probe->open(check.name); !opened) {
        return std::unexpected(opened.error());
    }
    return probe;
}

ProcessProbe::ProcessProbe(const CheckConfig& check, const ProcessProbeConfig& config,
                           ProbeContext context)
    : loop_(context.loop),
      config_(config),
      min_(static_cast<std::size_t>(config.min)),
      capacity_(capacity_of(config)),
      good_repeats_(results_to_turn(check, true)),
      bad_repeats_(results_to_turn(check, false)),
      report_(std::move(context.report)),
      note_(std::move(context.note)) {}

std::expected<void, os::Error> ProcessProbe::open(const std::string& name) {
    auto timer = loop_.timer(os::Urgency::checks, [this](vrrp::Instant now) { on_timer(now); });
    if (!timer) {
        return std::unexpected(timer.error());
    }
    timer_ = std::move(*timer);
    auto finder = make_finder(name);
    if (!finder) {
        return std::unexpected(finder.error());
    }
    finder_ = std::move(*finder);
    look_at_ = loop_.now();
    timer_.arm(*look_at_);
    return {};
}

std::expected<std::unique_ptr<ProcessFinder>, os::Error> ProcessProbe::make_finder(
    const std::string& name) {
    // The report may end us, so news are only noted where they are told.
    auto on_news = [this](vrrp::Instant now) {
        look_at_ = now;
        timer_.arm(now);
    };
    if (const auto* const file = std::get_if<ProcessPidFile>(&config_.pattern)) {
        return PidFile::open(loop_, file->path, std::move(on_news));
    }
    if (const auto* const unit = std::get_if<ProcessUnit>(&config_.pattern)) {
        return std::make_unique<UnitProcesses>(loop_, unit->name, std::move(on_news));
    }
    auto match = ProcessMatch::create(config_.pattern);
    if (!match) {
        return std::unexpected(os::Error{
            EINVAL, fmt::format("read the expression of check {} ({})", name, match.error())});
    }
    return ProcessTable::open(std::move(*match), loop_, std::move(on_news));
}

void ProcessProbe::on_timer(vrrp::Instant now) {
    if (wants_events() && !has_tried_events_) {
        // What comes until it is listened to is seen by the look.
        listen();
        look_at_ = now;
    }
    for (const pid_t pid : std::exchange(started_, {})) {
        watch(pid);
    }
    if (std::exchange(has_exits_, false)) {
        take_exits(now);
    }
    if (look_at_ && now >= *look_at_) {
        looks_ = std::max(looks_ - 1, 0);
        look(now);
    }
    conclude(now);
}

void ProcessProbe::on_started(const ProcessEvents::News& news, vrrp::Instant now) {
    started_.insert(started_.end(), news.pids.begin(), news.pids.end());
    if (news.is_overrun) {
        begin_looks();
        look_at_ = now;
    }
    timer_.arm(now);
}

/// All that die together are concluded from once, as soon as the loop turns.
void ProcessProbe::on_exit(pid_t pid, vrrp::Instant now) {
    auto process = watched_.extract(pid);
    process.mapped().source = os::Source();
    ended_ =
        Ended{.end = {.pid = pid, .wait_status = {}}, .pidfd = std::move(process.mapped().pidfd)};
    learn_wait_status();
    note(describe(ended_->end));
    has_exits_ = true;
    timer_.arm(now);
}

/// While enough others are known to live, nothing needs a look. Otherwise it does: a process that
/// was forked since the last look may have taken over.
void ProcessProbe::take_exits(vrrp::Instant now) {
    forget_others(min_);
    if (is_short() || (!unwatched_.empty() && has_room())) {
        look_at_ = now;
        ++looks_;
    }
}

/// Forgets some of those watched that go by another name now, each time others: where there are
/// hundreds, all of them would cost too much.
void ProcessProbe::forget_some() {
    const std::size_t looks = std::min(watched_.size(), watched_in_reserve);
    for (std::size_t i = 0; i < looks && !watched_.empty(); ++i) {
        auto process = watched_.upper_bound(last_verified_);
        if (process == watched_.end()) {
            process = watched_.begin();
        }
        last_verified_ = process->first;
        if (!finder_->is_alive(process->first).value_or(true)) {
            watched_.erase(process);
        }
    }
}

/// Forgets processes that have died as well or go by another name now (after an exec), until as
/// many are known to be alive.
void ProcessProbe::forget_others(std::size_t needed) {
    std::size_t sure = 0;
    for (auto process = watched_.begin(); process != watched_.end() && sure < needed;) {
        // Where we can't look, the open pidfd is what we know.
        if (finder_->is_alive(process->first).value_or(true)) {
            ++process;
            ++sure;
        } else {
            process = watched_.erase(process);
        }
    }
}

void ProcessProbe::look(vrrp::Instant now) {
    looked_at_ = now;
    const auto found = finder_->find(now);
    std::optional<NotFound> error;
    if (!found) {
        error = found.error();
    } else if (found->hidden) {
        error = NotFound{.text = *found->hidden, .is_unknown = true};
    }
    if (error && error != error_) {
        note(error->text);
    }
    error_ = std::move(error);
    if (found && found->is_complete) {
        keep_only(found->pids);
    }
    if (has_room()) {
        for (const pid_t pid : std::exchange(unwatched_, {})) {
            watch(pid);
        }
    }
    const std::size_t before = count();
    for (const pid_t pid : found ? found->pids : std::vector<pid_t>{}) {
        watch(pid);
    }
    if (count() > before + most_noted) {
        note(fmt::format("{} processes more are alive; {} in all are watched",
                         count() - before - most_noted, watched_.size()));
    }
}

void ProcessProbe::keep_only(const std::vector<pid_t>& pids) {
    const std::set<pid_t> kept(pids.begin(), pids.end());
    std::erase_if(watched_, [&kept](const auto& process) { return !kept.contains(process.first); });
    std::erase_if(unwatched_, [&kept](pid_t pid) { return !kept.contains(pid); });
}

/// Watches the process if it is alive; does nothing where that is done already.
void ProcessProbe::watch(pid_t pid) {
    if (watched_.contains(pid)) {
        return;
    }
    if (!has_room()) {
        unwatched_.insert(pid);
        return;
    }
    // The number may pass to another process until the pidfd holds it, so the name comes second.
    auto pidfd = os::open_process(pid);
    if ((!pidfd && pidfd.error().code == ESRCH) || !finder_->is_alive(pid).value_or(true)) {
        return;
    }
    auto source = pidfd ? loop_.watch(pidfd->get(), EPOLLIN, os::Urgency::checks,
                                      [this, pid](std::uint32_t /*events*/, vrrp::Instant now) {
                                          on_exit(pid, now);
                                      })
                        : std::unexpected(pidfd.error());
    if (count() < most_noted) {
        note(fmt::format("process {} ({}) is alive, and {}", pid, process_comm(pid),
                         source ? "watched" : source.error().message()));
    }
    if (!source) {
        unwatched_.insert(pid);
        return;
    }
    watched_.emplace(pid, Watched{std::move(*pidfd), std::move(*source)});
}

/// Only its parent's wait() makes the end of a process public, a moment after its death.
void ProcessProbe::learn_wait_status() {
    if (ended_ && !ended_->end.wait_status) {
        ended_->end.wait_status = wait_status(ended_->end.pid, ended_->pidfd.get());
    }
}

}  // namespace health
