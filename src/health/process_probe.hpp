#pragma once

#include "health/check_config.hpp"
#include "health/probe.hpp"
#include "health/process_table.hpp"
#include "health/reporter.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <sys/types.h>

#include <cstddef>
#include <map>
#include <optional>
#include <set>

namespace health {

/// The probe that asks whether enough processes of a name live. The kernel tells it of each death,
/// so while all is well it sleeps. While it is not, and a second longer, it looks for new processes
/// each 50 ms.
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
        pid_t pid = 0;
        os::Fd pidfd;
        std::optional<int> wait_status;
    };

    ProcessProbe(const CheckConfig& check, const ProcessProbeConfig& config, ProbeContext context);

    void on_timer(vrrp::Instant now);
    void on_exit(pid_t pid, vrrp::Instant now);
    void look(vrrp::Instant now);
    void watch(pid_t pid);
    void forget_others();
    void learn_wait_status();
    void conclude(vrrp::Instant now);

    [[nodiscard]] std::size_t count() const { return watched_.size() + unwatched_.size(); }
    [[nodiscard]] bool watches_enough() const { return watched_.size() >= needed_; }
    [[nodiscard]] ProbeResult judge() const;

    os::Loop& loop_;
    ProcessProbeConfig config_;
    std::size_t needed_;
    int rise_;
    int fall_;
    Reporter report_;
    ProcessTable table_;
    os::Timer timer_;
    std::map<pid_t, Watched> watched_;
    std::set<pid_t> unwatched_;  ///< found, but more than we want to watch, or may
    std::optional<os::Error> error_;
    std::optional<Ended> ended_;
    std::optional<ProbeResult> reported_;
    int repeats_ = 0;  ///< how often the check must hear the same again
    int looks_ = 0;    ///< how often to look again although there are enough
};

}  // namespace health
