#pragma once

#include "health/check_config.hpp"
#include "health/probe.hpp"
#include "health/reporter.hpp"
#include "health/schedule.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"
#include "os/process.hpp"
#include "vrrp/time.hpp"

#include <expected>
#include <optional>
#include <string>

namespace health {

/// The probe that runs a program from time to time and asks for exit status 0. Never two runs at
/// once: a start that finds the last run still going is left out.
class ScriptProbe final : public Probe {
public:
    /// As start_probe(), for a check whose probe is `config`.
    [[nodiscard]] static StartedProbe start(const CheckConfig& check,
                                            const ScriptProbeConfig& config, ProbeContext context);

private:
    /// One run, from its start until the program is reaped.
    struct Run {
        os::Child child;
        std::string output;                      ///< the end of what it wrote to its standard error
        std::optional<vrrp::Instant> killed_at;  ///< over its time limit
        os::Source end;
        os::Source standard_error;
    };

    ScriptProbe(const CheckConfig& check, const ScriptProbeConfig& config, ProbeContext context);

    void on_start_time(vrrp::Instant now);
    void on_end(vrrp::Instant now);
    void on_limit(vrrp::Instant now);

    [[nodiscard]] std::expected<void, std::string> start_run(vrrp::Instant now);
    [[nodiscard]] std::expected<os::Identity, std::string> find_identity() const;
    void end_run(const os::ExitStatus& status, vrrp::Instant now);
    void read_standard_error();
    [[nodiscard]] std::string with_output(std::string detail) const;

    os::Loop& loop_;
    ScriptProbeConfig config_;
    vrrp::Duration interval_;
    vrrp::Duration timeout_;
    Schedule schedule_;
    os::Command command_;
    Reporter report_;
    os::Timer start_timer_;
    os::Timer limit_timer_;
    std::optional<Run> run_;
};

}  // namespace health
