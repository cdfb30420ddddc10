#pragma once

#include "config/config.hpp"
#include "config/plan.hpp"
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
#include <map>
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

    /// What another configuration would change.
    [[nodiscard]] config::Plan plan(const config::Config& wanted) const;

    /// Goes on with another configuration, and touches nothing but what differs. All of it at once
    /// and at the end of the wake-up in hand; with an error (an address that the kernel refuses)
    /// nothing at all.
    [[nodiscard]] std::expected<config::Plan, os::Error> reload(const config::Config& wanted,
                                                                vrrp::Instant now);

    /// A reload came to nothing before it came here: the file has errors.
    void note_failed_reload(std::string reason, vrrp::Instant now);

    [[nodiscard]] Snapshot snapshot() const;

private:
    struct Reload;

    Daemon(const config::Config& config, os::Loop& loop, Executor executor);

    [[nodiscard]] std::expected<void, os::Error> build(const config::Config& config);
    [[nodiscard]] std::expected<std::unique_ptr<Instance>, os::Error> create_instance(
        const config::Router& router, int stretch, Fitness fitness);
    [[nodiscard]] std::expected<Segment*, os::Error> segment_of(const config::Router& router);
    void arrange_segments(vrrp::Instant now);
    void arrange_groups();
    [[nodiscard]] std::vector<Instance*> find_resuming(vrrp::Instant now) const;
    void remove_strays();
    void remove_stray(const net::Link& link, const vrrp::VirtualAddress& stray);
    void take_links(vrrp::Instant now);
    void update_segments(vrrp::Instant now);
    void take_verdict(const health::Check& check, vrrp::Instant now);
    void settle(vrrp::Instant now);
    void introduce(const Instance& instance);
    void note(const Instance& instance, vrrp::Instant now);
    void note_event(const Instance& instance, vrrp::Instant now);
    [[nodiscard]] std::size_t forget(const Instance& instance);
    void tell_changes(const std::vector<std::size_t>& left, vrrp::Instant now);
    void tell(vrrp::Instant now);
    void end_when_idle(vrrp::Instant now);

    [[nodiscard]] std::expected<void, os::Error> acquire(Reload& reload, vrrp::Instant now);
    [[nodiscard]] std::expected<void, os::Error> acquire_router(Reload& reload,
                                                                const config::RouterStep& step);
    void give_back(Reload& reload, vrrp::Instant now);
    void commit(Reload& reload, vrrp::Instant now);
    void dismiss(Reload& reload, vrrp::Instant now);
    void make_over(Reload& reload, vrrp::Instant now);
    void replace_instances(Reload& reload, vrrp::Instant now);
    void release_claims();
    void forget_idle();

    os::Loop& loop_;
    vrrp::Instant started_at_;
    bool is_stopping_ = false;
    bool is_impatient_ = false;  ///< told to stop twice
    bool is_telling_ = false;    ///< the notifier is told at the end of the callback
    bool is_settling_ = false;   ///< groups are told at the end of what is being done
    config::Config config_;      ///< what runs
    ConfigurationSnapshot configuration_;
    Executor executor_;
    HostProbes host_probes_;  ///< of the instances below; the probes themselves are the monitor's
    Monitor monitor_;
    Ledger ledger_;
    std::unique_ptr<Notifier> notifier_;
    std::map<const Instance*, std::size_t> told_as_;  ///< the notifier's numbers
    std::map<const Instance*, std::size_t> left_as_;  ///< the same of those that retire
    std::vector<std::unique_ptr<Segment>> segments_;
    std::vector<std::unique_ptr<Instance>> instances_;  ///< in the order of the configuration
    std::vector<std::unique_ptr<Instance>> retiring_;   ///< of former ones, until they are idle
    std::vector<std::unique_ptr<Fate>> groups_;
    std::optional<net::LinkMirror> links_;
};

}  // namespace engine
