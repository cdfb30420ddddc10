#pragma once

#include "health/check.hpp"
#include "health/check_config.hpp"
#include "health/probe.hpp"
#include "health/reporter.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <expected>
#include <functional>
#include <optional>

namespace health {

/// The reports of a probe that is told of changes: it judges at its start and when it is asked to,
/// always from a turn of the loop of its own, and reports what is new. A check with a rise or fall
/// above 1 hears the same again, each 50 ms, as often as it takes to change its verdict. Pinned.
class ChangeReporter {
public:
    /// What the probe sees now; nullopt while it can't know. Not called after the reporter's end.
    using Judge = std::move_only_function<std::optional<ProbeResult>()>;

    ChangeReporter(const CheckConfig& check, ProbeContext context, Judge judge);
    ChangeReporter(const ChangeReporter&) = delete;
    ChangeReporter& operator=(const ChangeReporter&) = delete;

    /// Lets it judge for the first time, at the loop's next turn.
    [[nodiscard]] std::expected<void, os::Error> start();

    /// Judges at the loop's next turn: what happens in one turn is judged once.
    void look();

    /// Judges at `at`, or before.
    void look_at(vrrp::Instant at);

private:
    void on_timer(vrrp::Instant now);
    [[nodiscard]] bool is_news(const ProbeResult& result);

    os::Loop& loop_;
    int good_repeats_;  ///< how often the check must hear of a good result
    int bad_repeats_;   ///< and of a bad one
    Reporter report_;
    NoteStep note_;
    Judge judge_;
    os::Timer timer_;
    std::optional<vrrp::Instant> armed_for_;
    std::optional<ProbeResult> reported_;
    int repeats_ = 0;  ///< how often the check must hear the same again
};

}  // namespace health
