#pragma once

#include "config/config.hpp"
#include "engine/script_queue.hpp"
#include "engine/script_telling.hpp"
#include "engine/snapshot.hpp"
#include "engine/told_state.hpp"
#include "os/command.hpp"
#include "os/error.hpp"
#include "os/launcher.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace engine {

/// Tells the states of one router or group to its scripts, one after the other: never two at once.
/// What hangs is killed at its time limit, and holds up nothing but what comes after it here.
/// Pinned.
class ScriptRunner {
public:
    using OnIdle = std::move_only_function<void(vrrp::Instant now)>;

    /// `launcher` and `loop` outlive the runner; `told` is where it notes what was told to the end.
    /// `on_idle` is called each time when the last script has ended and nothing waits.
    [[nodiscard]] static std::expected<std::unique_ptr<ScriptRunner>, os::Error> create(
        ScriptSubject subject, config::StateScripts scripts, ToldState told, os::Launcher& launcher,
        os::Loop& loop, OnIdle on_idle);
    ScriptRunner(const ScriptRunner&) = delete;
    ScriptRunner& operator=(const ScriptRunner&) = delete;

    /// Those of a newer file; what runs goes on.
    void take_scripts(config::StateScripts scripts) { scripts_ = std::move(scripts); }
    void take_subject(ScriptSubject subject) { subject_ = std::move(subject); }

    /// Tells a notice when its turn comes.
    void take(Notice notice, vrrp::Instant now);

    /// The daemon stops: a script of an earlier state has time until then, so that some is left for
    /// those that are told of the stop.
    void hurry(vrrp::Instant until);

    /// Whether an earlier daemon told that state to the end, and none since.
    [[nodiscard]] bool has_told(Standing standing) const { return told_.is(standing); }

    [[nodiscard]] bool is_idle() const { return queue_.is_idle(); }
    [[nodiscard]] ScriptSnapshot snapshot() const;

private:
    /// The notice whose turn it is, and what is to be run for it.
    struct Turn {
        Notice notice;
        std::vector<Listener> listeners;
        std::size_t next = 0;  ///< of the listeners
    };
    /// A script that runs.
    struct Running {
        config::StateScript script;
        os::Command command;
        os::Run run;
        vrrp::Instant started_at;
        vrrp::Instant limit;
        std::string why_killed;
        bool is_killed = false;
        bool is_repeated = false;  ///< the run before was lost
    };

    ScriptRunner(ScriptSubject subject, config::StateScripts scripts, ToldState told,
                 os::Launcher& launcher, os::Loop& loop, OnIdle on_idle);

    void begin_turns(vrrp::Instant now);
    void begin_next(vrrp::Instant now);
    void begin(const config::StateScript& script, os::Command command, bool is_repeated,
               vrrp::Instant now);
    void on_limit(vrrp::Instant now);
    void on_end(const os::RunResult& result, vrrp::Instant now);
    void finish(bool is_good, const std::string& detail, vrrp::Instant now);
    [[nodiscard]] bool is_hurried(vrrp::Instant now) const;
    void arm_limit();
    void tell_passed_over(const Notice& passed, const Notice& by) const;
    void tell_untold(const Notice& notice, const std::string& why) const;

    ScriptSubject subject_;
    config::StateScripts scripts_;
    ToldState told_;
    os::Launcher& launcher_;
    os::Loop& loop_;
    OnIdle on_idle_;
    os::Timer limit_timer_;
    ScriptQueue queue_;
    std::optional<Turn> turn_;
    std::optional<Running> running_;
    std::optional<vrrp::Instant> hurry_until_;
    ScriptCounters counters_;
    std::optional<ScriptResult> last_;
};

}  // namespace engine
