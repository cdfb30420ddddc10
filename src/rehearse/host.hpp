#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "health/check.hpp"
#include "rehearse/behaviour.hpp"
#include "rehearse/scenario.hpp"
#include "rehearse/step.hpp"
#include "vrrp/virtual_router.hpp"

namespace rehearse {

/// A packet on the LAN, as bytes.
struct Packet {
    std::vector<std::byte> message;
    vrrp::PacketContext context;
    bool is_forged = false;
};

/// A host in memory: the daemon's process with its router and its check, the service, and what the
/// kernel holds whatever becomes of the process.
class Host {
public:
    Host(const HostPlan& plan, std::size_t index);

    /// A new process. What an earlier one left in the kernel stays, until it is known whether this
    /// one resumes.
    void start_process(vrrp::Instant now);

    /// Whether the ledger of an earlier process says that no other host can have taken over.
    [[nodiscard]] bool may_resume(const Behaviour& behaviour, vrrp::Instant now) const;

    /// It does not resume: what an earlier process left goes, the ledger with it.
    void forget_remains(const Behaviour& behaviour);

    /// The process is gone at once; what it left in the kernel stays.
    void crash();

    /// Gives the router an event and executes the effects that concern the kernel. The process
    /// runs. The router is told the time of the host's own clock. A lease that begins ends `slack`
    /// later than it should.
    [[nodiscard]] Step handle(const vrrp::Event& event, const Behaviour& behaviour,
                              vrrp::Duration slack, vrrp::Instant now);

    /// When its router's deadline is in true time.
    [[nodiscard]] std::optional<vrrp::Instant> deadline(const Behaviour& behaviour) const;

    /// Another file from now on; the router is told in an event of its own.
    void set_config(const vrrp::RouterConfig& config) { plan_.config = config; }

    /// Another program takes the addresses away.
    void lose_addresses() { remove_addresses(); }

    /// When the kernel takes the addresses away, where they are there and have a lease.
    [[nodiscard]] std::optional<vrrp::Instant> lease_ends_at() const { return lease_ends_at_; }
    void end_lease();
    /// Whether the lease has ended, and the router has not made good for it yet.
    [[nodiscard]] bool has_run_out() const { return has_run_out_; }

    /// Looks at the service; gives the router's new priority, if the verdict changed it.
    [[nodiscard]] std::optional<std::uint8_t> probe(vrrp::Instant now);

    /// The priority that the check's verdict makes.
    [[nodiscard]] std::uint8_t priority() const;

    [[nodiscard]] const HostPlan& plan() const { return plan_; }
    [[nodiscard]] const std::optional<vrrp::VirtualRouter>& router() const { return router_; }
    [[nodiscard]] bool is_running() const { return router_ && !is_frozen; }
    [[nodiscard]] bool has_addresses() const { return has_addresses_; }
    [[nodiscard]] std::optional<vrrp::IpAddress> source() const;

    bool is_wanted = false;  ///< told to take part in the election
    bool is_frozen = false;
    bool is_resuming = false;  ///< from its start until it was told to take part
    bool is_linked = true;
    bool is_service_well = true;
    bool does_kernel_refuse = false;
    std::vector<Packet> inbox;                   ///< what arrived while the process was frozen
    std::optional<vrrp::Instant> armed_for;      ///< the deadline that the timer is set to
    std::optional<vrrp::Instant> wakes_at;       ///< when the timer fires, a little later
    std::optional<vrrp::Instant> next_probe_at;  ///< nullopt while no process runs

private:
    [[nodiscard]] vrrp::Instant local_time(vrrp::Instant now) const;
    [[nodiscard]] Glimpse look(const Behaviour& behaviour) const;
    void execute(Step& step, const Behaviour& behaviour, vrrp::Duration slack);
    void begin_lease(const Behaviour& behaviour, vrrp::Duration slack, vrrp::Instant now);
    void remove_addresses();
    void keep_ledger(const Step& step);

    HostPlan plan_;
    std::size_t index_;
    std::optional<vrrp::VirtualRouter> router_;  ///< nullopt while there is no process
    health::Check check_;
    bool has_addresses_ = false;
    std::optional<vrrp::Instant> lease_ends_at_;
    bool has_run_out_ = false;
    std::optional<vrrp::Instant> resumable_until_;  ///< the ledger: it outlives the process
};

}  // namespace rehearse
