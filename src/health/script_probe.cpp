#include "health/script_probe.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "health/duration_text.hpp"
#include "health/last_line.hpp"

namespace health {

namespace {

constexpr std::string_view path =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// How much of a program's output is kept: enough for its last line and blank ones after it.
constexpr std::size_t kept_output = 1024;

/// A program that floods its standard error gets this much of one wake-up.
constexpr int reads_at_once = 16;

std::string describe(const os::ExitStatus& status) {
    if (status.not_executed) {
        return "cannot be executed: " + status.not_executed->message();
    }
    if (status.signal != 0) {
        const char* name = sigdescr_np(status.signal);
        return fmt::format("killed by signal {}{}", status.signal,
                           name == nullptr ? "" : fmt::format(" ({})", name));
    }
    return fmt::format("exit status {}", status.code);
}

bool is_success(const os::ExitStatus& status) {
    return !status.not_executed && status.signal == 0 && status.code == 0;
}

}  // namespace

StartedProbe ScriptProbe::start(const CheckConfig& check, const ScriptProbeConfig& config,
                                ProbeContext context) {
    os::Loop& loop = context.loop;
    std::unique_ptr<ScriptProbe> probe(new ScriptProbe(check, config, std::move(context)));
    auto* self = probe.get();
    auto start_timer =
        loop.timer(os::Urgency::checks, [self](vrrp::Instant now) { self->on_start_time(now); });
    if (!start_timer) {
        return std::unexpected(start_timer.error());
    }
    auto limit_timer =
        loop.timer(os::Urgency::checks, [self](vrrp::Instant now) { self->on_limit(now); });
    if (!limit_timer) {
        return std::unexpected(limit_timer.error());
    }
    probe->start_timer_ = std::move(*start_timer);
    probe->limit_timer_ = std::move(*limit_timer);
    probe->start_timer_.arm(probe->schedule_.next());
    return probe;
}

ScriptProbe::ScriptProbe(const CheckConfig& check, const ScriptProbeConfig& config,
                         ProbeContext context)
    : loop_(context.loop),
      config_(config),
      interval_(check.interval),
      timeout_(check.timeout),
      schedule_(check.interval, context.slot, context.loop.now()),
      report_(std::move(context.report)) {
    command_.arguments = config.command;
    command_.environment = {std::string(path), "LANG=C", "UNDERSTUDY_CHECK=" + check.name};
}

void ScriptProbe::on_start_time(vrrp::Instant now) {
    schedule_.advance(now);
    start_timer_.arm(schedule_.next());
    if (run_) {
        // Ended, but neither told nor seen: a debugger had it.
        if (const auto status = run_->child.reap()) {
            end_run(*status, now);
        } else if (run_->killed_at && now - *run_->killed_at >= interval_ / 2) {
            // Even killed it hangs in the kernel, as on a dead file server: bad each time anew, but
            // not at the very moment of the limit.
            report_({.is_good = false, .detail = with_output("timed out, and can't be ended")},
                    now);
        }
        return;
    }
    if (const auto started = start_run(now); !started) {
        report_({.is_good = false, .detail = "cannot be executed: " + started.error()}, now);
    }
}

std::expected<os::Identity, std::string> ScriptProbe::find_identity() const {
    const std::vector<std::string> names = config_.user.empty()
                                               ? std::vector<std::string>{"understudy", "nobody"}
                                               : std::vector<std::string>{config_.user};
    for (const std::string& name : names) {
        if (const auto identity = os::find_user(name)) {
            return *identity;
        }
    }
    return std::unexpected("there is no user " + names.back());
}

std::expected<void, std::string> ScriptProbe::start_run(vrrp::Instant now) {
    if (!command_.identity) {
        const auto identity = find_identity();
        if (!identity) {
            return std::unexpected(identity.error());
        }
        command_.identity = *identity;
    }
    auto child = os::Child::spawn(command_);
    if (!child) {
        return std::unexpected(child.error().message());
    }
    auto end = loop_.watch(child->pidfd(), EPOLLIN, os::Urgency::checks,
                           [this](std::uint32_t /*events*/, vrrp::Instant at) { on_end(at); });
    if (!end) {
        return std::unexpected(end.error().message());
    }
    auto standard_error = loop_.watch(
        child->standard_error(), EPOLLIN, os::Urgency::checks,
        [this](std::uint32_t /*events*/, vrrp::Instant /*at*/) { read_standard_error(); });
    if (!standard_error) {
        return std::unexpected(standard_error.error().message());
    }
    run_.emplace(std::move(*child), "", std::nullopt, std::move(*end), std::move(*standard_error));
    limit_timer_.arm(now + timeout_);
    return {};
}

void ScriptProbe::on_end(vrrp::Instant now) {
    if (const auto status = run_->child.reap()) {
        end_run(*status, now);
    } else {
        // A debugger holds it; the next start time asks again.
        run_->end = os::Source();
    }
}

void ScriptProbe::end_run(const os::ExitStatus& status, vrrp::Instant now) {
    limit_timer_.disarm();
    read_standard_error();
    const bool is_good = is_success(status);
    const ProbeResult result{.is_good = is_good,
                             .detail = is_good ? describe(status) : with_output(describe(status))};
    const bool is_told = run_->killed_at.has_value();
    run_.reset();
    if (!is_told) {
        report_(result, now);
    }
}

/// The result comes at the limit, whenever the killed program may end.
void ScriptProbe::on_limit(vrrp::Instant now) {
    if (const auto status = run_->child.reap()) {
        end_run(*status, now);
        return;
    }
    run_->child.kill_group();
    run_->killed_at = now;
    read_standard_error();
    report_({.is_good = false, .detail = with_output("timed out after " + to_text(timeout_))}, now);
}

void ScriptProbe::read_standard_error() {
    std::array<char, 4096> buffer;
    for (int i = 0; i < reads_at_once; ++i) {
        const ssize_t size = read(run_->child.standard_error(), buffer.data(), buffer.size());
        if (size == 0) {
            run_->standard_error = os::Source();
        }
        if (size <= 0) {
            return;
        }
        run_->output.append(buffer.data(), static_cast<std::size_t>(size));
        if (run_->output.size() > kept_output) {
            run_->output.erase(0, run_->output.size() - kept_output);
        }
    }
}

std::string ScriptProbe::with_output(std::string detail) const {
    const std::string line = run_ ? last_line(run_->output) : "";
    return line.empty() ? detail : detail + ": " + line;
}

}  // namespace health
