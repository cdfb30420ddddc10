#pragma once

#include "config/config.hpp"
#include "engine/executor.hpp"
#include "engine/fate.hpp"
#include "engine/host_probes.hpp"
#include "engine/instance.hpp"
#include "engine/ledger.hpp"
#include "engine/monitor.hpp"
#include "engine/notifier.hpp"
#include "engine/segment.hpp"
#include "engine/snapshot.hpp"
#include "net/link_mirror.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"

#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// The whole of Understudy at work on one host: links, checks and routers, in one loop. Pinned.
class Daemon {
public:
    /// Acquires everything from the kernel and starts. `loop` outlives the daemon.
    [[nodiscard]] static std::expected<std::unique_ptr<Daemon>, os::Error> start(
        const config::Config& config, os::Loop& loop);

    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    /// Leaves all elections, and stops the loop with exit code 0 when the last router and the
    /// scripts that are told so are done. The second call waits for no successor and no script.
    void stop(vrrp::Instant now);

    /// Stops the loop with exit code 0 at once, and leaves everything as it is for the daemon that
    /// is started next. Ignored while it is stopping.
    void pause(vrrp::Instant now);

    /// Leaves all elections before it returns, for when there is no loop any more.
    void stop_at_once(vrrp::Instant now);

    /// Takes over the keys and the state scripts of a newer file's routers, and nothing else of it.
    /// Nothing moves.
    void rekey(const config::Config& config, vrrp::Instant now);

    [[nodiscard]] Snapshot snapshot() const;

private:
    Daemon(const config::Config& config, os::Loop& loop, Executor executor);

    [[nodiscard]] std::expected<void, os::Error> build(const config::Config& config);
    [[nodiscard]] std::expected<void, os::Error> add_router(const config::Router& router,
                                                            int stretch);
    [[nodiscard]] std::expected<Segment*, os::Error> segment_of(const config::Router& router);
    void show_mixed_addresses();
    [[nodiscard]] std::vector<Instance*> find_resuming(vrrp::Instant now) const;
    void remove_strays();
    void remove_stray(const net::Link& link, const vrrp::VirtualAddress& stray);
    void join_group(const std::string& name, Instance& instance);
    void take_links(vrrp::Instant now);
    void update_segments(vrrp::Instant now);
    void take_verdict(const health::Check& check, vrrp::Instant now);
    void settle(vrrp::Instant now);
    void note(const Instance& instance, std::size_t member, vrrp::Instant now);
    void tell(vrrp::Instant now);
    void end_when_idle(vrrp::Instant now);

    os::Loop& loop_;
    vrrp::Instant started_at_;
    bool is_stopping_ = false;
    bool is_impatient_ = false;  ///< told to stop twice
    bool is_telling_ = false;    ///< the notifier is told at the end of the callback
    bool is_settling_ = false;   ///< groups are told at the end of what is being done
    Executor executor_;
    HostProbes host_probes_;  ///< of the instances below; the probes themselves are the monitor's
    Monitor monitor_;
    Ledger ledger_;
    std::unique_ptr<Notifier> notifier_;
    std::vector<std::unique_ptr<Segment>> segments_;
    std::vector<std::unique_ptr<Instance>> instances_;
    std::vector<std::unique_ptr<Fate>> groups_;
    std::optional<net::LinkMirror> links_;
};

}  // namespace engine
