#include "health/process_probe.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <utility>
#include <variant>

#include "os/process.hpp"

namespace health {

namespace {

/// How often to look for new processes while there are too few.
constexpr vrrp::Duration look_interval = std::chrono::milliseconds(50);

/// And how often once there are enough. A process that was seen between its fork and its exec is
/// not known by its name; after this second all have been looked at again.
constexpr int looks_afterwards = 20;

/// More than are needed are watched, so that one death seldom makes us look at all processes; but
/// not hundreds, since each takes a descriptor.
constexpr std::size_t watched_in_reserve = 64;

std::string describe(std::size_t processes) {
    return processes == 1 ? "1 process is alive" : fmt::format("{} processes are alive", processes);
}

std::string describe(std::optional<int> wait_status) {
    if (!wait_status) {
        return "";
    }
    if (WIFSIGNALED(*wait_status)) {
        return fmt::format(", signal {}", WTERMSIG(*wait_status));
    }
    return fmt::format(", exit status {}", WEXITSTATUS(*wait_status));
}

}  // namespace

StartedProbe ProcessProbe::start(const CheckConfig& check, const ProcessProbeConfig& config,
                                 ProbeContext context) {
    os::Loop& loop = context.loop;
    std::unique_ptr<ProcessProbe> probe(new ProcessProbe(check, config, std::move(context)));
    auto timer = loop.timer(os::Urgency::checks,
                            [self = probe.get()](vrrp::Instant now) { self->on_timer(now); });
    if (!timer) {
        return std::unexpected(timer.error());
    }
    probe->timer_ = std::move(*timer);
    probe->timer_.arm(loop.now());
    return probe;
}

ProcessProbe::ProcessProbe(const CheckConfig& check, const ProcessProbeConfig& config,
                           ProbeContext context)
    : loop_(context.loop),
      config_(config),
      needed_(static_cast<std::size_t>(config.min)),
      rise_(check.rise),
      fall_(check.fall),
      report_(std::move(context.report)),
      table_(std::get<ProcessName>(config.pattern).name) {}

void ProcessProbe::on_timer(vrrp::Instant now) {
    if (looks_ > 0 || !watches_enough()) {
        looks_ = std::max(looks_ - 1, 0);
        look(now);
    }
    conclude(now);
}

/// While enough others are known to live, /proc needs no look. Otherwise it does: a process that
/// was forked since the last look may have taken over.
void ProcessProbe::on_exit(pid_t pid, vrrp::Instant now) {
    auto process = watched_.extract(pid);
    process.mapped().source = os::Source();
    ended_ = Ended{.pid = pid, .pidfd = std::move(process.mapped().pidfd), .wait_status = {}};
    learn_wait_status();
    forget_others();
    if (!watches_enough()) {
        looks_ = looks_afterwards;
        look(now);
    }
    conclude(now);
}

/// Forgets processes that have died as well or go by another name now (after an exec), until enough
/// are known to be alive.
void ProcessProbe::forget_others() {
    std::size_t sure = 0;
    for (auto process = watched_.begin(); process != watched_.end() && sure < needed_;) {
        // Where we can't look, the open pidfd is what we know.
        if (table_.is_alive(process->first).value_or(true)) {
            ++process;
            ++sure;
        } else {
            process = watched_.erase(process);
        }
    }
}

void ProcessProbe::look(vrrp::Instant now) {
    error_.reset();
    for (const pid_t pid : std::exchange(unwatched_, {})) {
        watch(pid);
    }
    const auto found = table_.find_new(now);
    if (!found) {
        error_ = found.error();
        return;
    }
    for (const pid_t pid : *found) {
        watch(pid);
    }
}

/// Watches the process if it is alive; does nothing where that is done already.
void ProcessProbe::watch(pid_t pid) {
    if (watched_.contains(pid)) {
        return;
    }
    // The number may pass to another process until the pidfd holds it, so the name comes second.
    auto pidfd = os::open_process(pid);
    if ((!pidfd && pidfd.error().code == ESRCH) || !table_.is_alive(pid).value_or(true)) {
        return;
    }
    if (!pidfd || watched_.size() >= needed_ + watched_in_reserve) {
        unwatched_.insert(pid);
        return;
    }
    auto source = loop_.watch(
        pidfd->get(), EPOLLIN, os::Urgency::checks,
        [this, pid](std::uint32_t /*events*/, vrrp::Instant now) { on_exit(pid, now); });
    if (!source) {
        unwatched_.insert(pid);
        return;
    }
    watched_.emplace(pid, Watched{std::move(*pidfd), std::move(*source)});
}

/// Only its parent's wait() makes the end of a process public, a moment after its death.
void ProcessProbe::learn_wait_status() {
    if (ended_ && !ended_->wait_status) {
        ended_->wait_status = table_.wait_status(ended_->pid, ended_->pidfd.get());
    }
}

/// Reports what is new, and what the check must hear again to make up its mind.
void ProcessProbe::conclude(vrrp::Instant now) {
    const bool is_good = count() >= needed_;
    if (!reported_ || reported_->is_good != is_good) {
        repeats_ = is_good ? rise_ : fall_;
        looks_ = is_good ? looks_afterwards : 0;
        if (is_good) {
            ended_.reset();
        }
    }
    learn_wait_status();
    const ProbeResult result = judge();
    const bool is_news = repeats_ > 0 || result != reported_;
    repeats_ = std::max(repeats_ - 1, 0);
    reported_ = result;
    if (!watches_enough() || repeats_ > 0 || looks_ > 0) {
        timer_.arm(now + look_interval);
    } else {
        timer_.disarm();
    }
    if (is_news) {
        report_(result, now);
    }
}

ProbeResult ProcessProbe::judge() const {
    const bool is_good = count() >= needed_;
    if (!is_good && error_) {
        return {.is_good = false, .detail = error_->message()};
    }
    std::string detail = describe(count());
    if (!is_good) {
        detail = count() == 0 ? "no process is named " + std::get<ProcessName>(config_.pattern).name
                              : fmt::format("{}, {} are needed", detail, needed_);
    }
    if (ended_) {
        const std::string end =
            fmt::format("process {} exited{}", ended_->pid, describe(ended_->wait_status));
        detail = count() == 0 ? end : end + "; " + detail;
    }
    return {.is_good = is_good, .detail = std::move(detail)};
}

}  // namespace health
