#pragma once

#include "health/check.hpp"
#include "health/probe.hpp"
#include "health/reporter.hpp"
#include "health/schedule.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <expected>
#include <functional>
#include <memory>
#include <string>

namespace health {

/// One run of a periodic probe: all that it has opened and begun, until it gives its result once or
/// is given up by being destroyed.
class Attempt {
public:
    Attempt() = default;
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;
    virtual ~Attempt() = default;

    /// What it is about, for the message of its time-out: "connecting to 192.0.2.1 port 80".
    [[nodiscard]] virtual std::string progress() const = 0;
};

/// Gives an attempt's result. The attempt is gone afterwards: nothing of it may be touched.
using FinishAttempt = std::move_only_function<void(const ProbeResult& result, vrrp::Instant now)>;

/// Begins an attempt; what is known at once is a result instead. `finish` may be called from the
/// loop only, and once.
using BeginAttempt = std::move_only_function<std::expected<std::unique_ptr<Attempt>, ProbeResult>(
    FinishAttempt finish, vrrp::Instant now)>;

/// The probe that looks from time to time, each time anew. Never two attempts at once: one that has
/// no result within the check's time limit is given up, and is bad. A start that finds the last
/// attempt still going is left out.
class PeriodicProbe final : public Probe {
public:
    [[nodiscard]] static StartedProbe start(const CheckConfig& check, ProbeContext context,
                                            BeginAttempt begin);

private:
    PeriodicProbe(const CheckConfig& check, ProbeContext context, BeginAttempt begin);

    void on_start_time(vrrp::Instant now);
    void on_limit(vrrp::Instant now);
    void finish(const ProbeResult& result, vrrp::Instant now);

    vrrp::Duration timeout_;
    Schedule schedule_;
    Reporter report_;
    BeginAttempt begin_;
    os::Timer start_timer_;
    os::Timer limit_timer_;
    std::unique_ptr<Attempt> attempt_;
};

}  // namespace health
