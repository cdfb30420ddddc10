#include "health/script_probe.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <utility>

#include "health/duration_text.hpp"
#include "health/last_line.hpp"
#include "health/script_run.hpp"

namespace health {

namespace {

/// How long after the kill the program's last words are waited for. The launcher is an ordinary
/// process, and may be late where the daemon is not.
constexpr vrrp::Duration patience = std::chrono::milliseconds(100);

/// The greatest exit status that ExitMeaning::weight takes for a number: priorities go no further.
constexpr int greatest_number = 253;

bool is_success(const os::ExitStatus& status, ExitMeaning meaning) {
    const int greatest = meaning == ExitMeaning::weight ? greatest_number : 0;
    return status.not_executed.empty() && status.signal == 0 && status.code <= greatest;
}

ProbeResult judge(const os::RunResult& run, ExitMeaning meaning) {
    ProbeResult result{.is_good = is_success(run.status, meaning), .detail = describe(run.status)};
    if (!result.is_good) {
        result.detail = with_output(result.detail, run.output);
    } else if (meaning == ExitMeaning::weight) {
        result.number = -run.status.code;
    }
    return result;
}

os::Command command_of(const CheckConfig& check, const ScriptProbeConfig& config,
                       const std::vector<std::string>& routers) {
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(check.timeout);
    os::Command command{.arguments = config.command,
                        .environment = script_environment(),
                        .users = script_users(config.user),
                        .group = config.group,
                        .is_guarded = true};
    command.environment.push_back("UNDERSTUDY_CHECK=" + check.name);
    command.environment.push_back(fmt::format("UNDERSTUDY_ROUTER={}", fmt::join(routers, " ")));
    command.environment.push_back(fmt::format("UNDERSTUDY_TIMEOUT_MS={}", limit.count()));
    return command;
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
    : launcher_(context.launcher),
      exit_(config.exit),
      interval_(check.interval),
      timeout_(check.timeout),
      schedule_(check.interval, context.slot, context.loop.now()),
      command_(command_of(check, config, context.routers)),
      report_(std::move(context.report)),
      note_(std::move(context.note)) {
    if (launcher_ == nullptr) {
        own_launcher_ = std::make_unique<os::Launcher>(context.loop);
        launcher_ = own_launcher_.get();
    }
}

void ScriptProbe::on_start_time(vrrp::Instant now) {
    schedule_.advance(now);
    start_timer_.arm(schedule_.next());
    if (running_) {
        const bool hangs = running_->is_told && now - *running_->killed_at >= interval_ / 2;
        if (hangs) {
            // Even killed it hangs in the kernel, as on a dead file server: bad each time anew, but
            // not at the very moment of the limit. What it has started meanwhile is killed with it.
            running_->run.kill();
            report_({.is_good = false, .detail = "timed out, and can't be ended"}, now);
        }
        return;
    }
    begin_run(false, now);
}

void ScriptProbe::begin_run(bool is_repeated, vrrp::Instant now) {
    if (const auto started = start_run(is_repeated, now); !started) {
        report_({.is_good = false, .detail = "cannot be executed: " + started.error()}, now);
    }
}

std::expected<void, std::string> ScriptProbe::start_run(bool is_repeated, vrrp::Instant now) {
    note(fmt::format("running {} as user {}{}", fmt::join(command_.arguments, " "),
                     fmt::join(command_.users, ", else "),
                     command_.group.empty() ? "" : " and group " + command_.group));
    auto run = launcher_->launch(
        command_, [this](const os::RunResult& result, vrrp::Instant at) { on_end(result, at); },
        [this](const std::string& output, vrrp::Instant at) { report_timeout(output, at); });
    if (!run) {
        return std::unexpected(run.error().message());
    }
    running_.emplace(std::move(*run), std::nullopt, false, is_repeated);
    limit_timer_.arm(now + timeout_);
    return {};
}

/// First the time limit, then the end of the patience with who should tell the last words.
void ScriptProbe::on_limit(vrrp::Instant now) {
    if (running_->killed_at) {
        report_timeout("", now);
        return;
    }
    running_->run.kill();
    running_->killed_at = now;
    limit_timer_.arm(now + patience);
}

/// The result comes at the limit, whenever the killed program may end.
void ScriptProbe::report_timeout(const std::string& output, vrrp::Instant now) {
    limit_timer_.disarm();
    if (!std::exchange(running_->is_told, true)) {
        report_({.is_good = false,
                 .detail = with_output("timed out after " + to_text(timeout_), output)},
                now);
    }
}

void ScriptProbe::on_end(const os::RunResult& result, vrrp::Instant now) {
    limit_timer_.disarm();
    if (note_) {
        const std::string line = last_line(result.output);
        if (result.process != 0) {
            note(fmt::format("process {} ran as user {}, group {}", result.process,
                             result.identity.user, result.identity.group));
        }
        note(line.empty() ? "it wrote nothing to its standard error" : "it wrote: " + line);
        note(describe(result.status));
    }
    const bool is_over_time = running_->killed_at.has_value();
    const bool is_told = running_->is_told;
    const bool is_repeated = running_->is_repeated;
    running_.reset();
    if (is_told) {
        return;
    }
    if (result.is_lost && !is_over_time && !is_repeated) {
        // That says nothing of the service, and must not take the address away.
        begin_run(true, now);
        return;
    }
    if (is_over_time) {
        report_({.is_good = false,
                 .detail = with_output("timed out after " + to_text(timeout_), result.output)},
                now);
    } else {
        report_(judge(result, exit_), now);
    }
}

void ScriptProbe::note(const std::string& step) const {
    if (note_) {
        note_(step);
    }
}

}  // namespace health
