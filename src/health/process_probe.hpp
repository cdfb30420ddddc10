#pragma once

#include "health/check_config.hpp"
#include "health/probe.hpp"
#include "health/process_events.hpp"
#include "health/process_finder.hpp"
#include "health/process_verdict.hpp"
#include "health/reporter.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <sys/types.h>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace health {

/// The probe that asks whether as many processes of a pattern live as should. The kernel tells it
/// of each death, so while all is well it sleeps. Of new ones it wants to know while there are too
/// few, or where there may be too many: then it listens to the kernel's process events, and where
/// the kernel does not speak it looks from time to time.
class ProcessProbe final : public Probe {
public:
    /// As start_probe(), for a check whose probe is `config`.
    [[nodiscard]] static StartedProbe start(const CheckConfig& check,
                                            const ProcessProbeConfig& config, ProbeContext context);

private:
    /// A living process; its pidfd becomes readable when it dies.
    struct Watched {
        os::Fd pidfd;
        os::Source source;
    };
    /// The process that died last, and how, once the kernel says so.
    struct Ended {
        ProcessEnd end;
        os::Fd pidfd;
    };

    ProcessProbe(const CheckConfig& check, const ProcessProbeConfig& config, ProbeContext context);

    [[nodiscard]] std::expected<void, os::Error> open(const std::string& name);
    [[nodiscard]] std::expected<std::unique_ptr<ProcessFinder>, os::Error> make_finder(
        const std::string& name);

    void on_timer(vrrp::Instant now);
    void on_exit(pid_t pid, vrrp::Instant now);
    void on_started(const ProcessEvents::News& news, vrrp::Instant now);

    void look(vrrp::Instant now);
    void watch(pid_t pid);
    void keep_only(const std::vector<pid_t>& pids);
    void take_exits(vrrp::Instant now);
    void forget_others(std::size_t needed);
    void forget_some();
    void learn_wait_status();

    void listen();
    void choose_events();
    void begin_looks();
    [[nodiscard]] bool wants_new() const;
    [[nodiscard]] bool first_suffices() const;
    [[nodiscard]] bool wants_events() const;
    [[nodiscard]] bool is_told() const;
    [[nodiscard]] ProcessWish wish() const;
    [[nodiscard]] std::optional<vrrp::Duration> look_interval() const;

    void conclude(vrrp::Instant now);
    void bear(ProbeResult& result, vrrp::Instant now);
    void schedule(vrrp::Instant now);
    void note(const std::string& step) const;

    [[nodiscard]] std::size_t count() const { return watched_.size() + unwatched_.size(); }
    [[nodiscard]] bool has_room() const { return watched_.size() < capacity_; }
    [[nodiscard]] bool is_short() const { return watched_.size() < min_; }
    [[nodiscard]] ProcessCount known() const;

    os::Loop& loop_;
    ProcessProbeConfig config_;
    std::size_t min_;
    std::size_t capacity_;  ///< how many are watched at most
    int good_repeats_;      ///< how often the check must hear of a good result
    int bad_repeats_;       ///< and of a bad one
    Reporter report_;
    NoteStep note_;
    std::unique_ptr<ProcessFinder> finder_;
    std::unique_ptr<ProcessEvents> events_;  ///< while we want to know of new processes
    bool has_tried_events_ = false;          ///< since we want to
    std::vector<pid_t> started_;             ///< told by the kernel, and not looked at yet
    os::Timer timer_;
    std::map<pid_t, Watched> watched_;
    std::set<pid_t> unwatched_;  ///< found, but more than we want to watch, or may
    std::optional<NotFound> error_;
    std::optional<Ended> ended_;
    bool has_exits_ = false;   ///< that nothing is concluded from yet
    pid_t last_verified_ = 0;  ///< by forget_some()

    std::optional<bool> is_good_;  ///< as many live as should
    std::optional<vrrp::Instant> bad_since_;
    std::optional<ProbeResult> reported_;
    int repeats_ = 0;  ///< how often the check must hear the same again
    vrrp::Instant repeat_at_;
    int looks_ = 0;  ///< how often to look again in any case
    vrrp::Instant looked_at_;
    std::optional<vrrp::Instant> look_at_;
};

}  // namespace health
