#pragma once

#include "health/check_config.hpp"
#include "health/probe.hpp"
#include "health/reporter.hpp"
#include "health/schedule.hpp"
#include "os/command.hpp"
#include "os/error.hpp"
#include "os/launcher.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <expected>
#include <memory>
#include <optional>
#include <string>

namespace health {

/// The probe that runs a program from time to time and judges it by its exit status. Never two runs
/// at once: a start that finds the last run still going is left out.
class ScriptProbe final : public Probe {
public:
    /// As start_probe(), for a check whose probe is `config`.
    [[nodiscard]] static StartedProbe start(const CheckConfig& check,
                                            const ScriptProbeConfig& config, ProbeContext context);

private:
    /// One run, from its start until the program is reaped.
    struct Running {
        os::Run run;
        std::optional<vrrp::Instant> killed_at;  ///< over its time limit
        bool is_told = false;                    ///< its result is known
        bool is_repeated = false;                ///< the one before it was lost
    };

    ScriptProbe(const CheckConfig& check, const ScriptProbeConfig& config, ProbeContext context);

    void on_start_time(vrrp::Instant now);
    void begin_run(bool is_repeated, vrrp::Instant now);
    void on_limit(vrrp::Instant now);
    void on_end(const os::RunResult& result, vrrp::Instant now);
    void report_timeout(const std::string& output, vrrp::Instant now);

    [[nodiscard]] std::expected<void, std::string> start_run(bool is_repeated, vrrp::Instant now);
    void note(const std::string& step) const;

    os::Launcher* launcher_;
    std::unique_ptr<os::Launcher> own_launcher_;  ///< where the context has none
    ExitMeaning exit_;
    vrrp::Duration interval_;
    vrrp::Duration timeout_;
    Schedule schedule_;
    os::Command command_;
    Reporter report_;
    NoteStep note_;
    os::Timer start_timer_;
    os::Timer limit_timer_;
    std::optional<Running> running_;
};

}  // namespace health
