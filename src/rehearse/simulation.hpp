#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rehearse/host.hpp"
#include "rehearse/invariants.hpp"
#include "rehearse/lan.hpp"
#include "rehearse/random.hpp"
#include "rehearse/scenario.hpp"
#include "rehearse/trace.hpp"
#include "rehearse/witness.hpp"

namespace rehearse {

/// How a rehearsal went.
struct Outcome {
    std::optional<Violation> violation;  ///< the first one; the rehearsal ends with it
    std::uint64_t trace_hash = 0;        ///< equal for equal runs
    std::uint64_t steps = 0;
    vrrp::Duration router_time{0};  ///< virtual time, summed over the routers
    int takeovers = 0;
};

/// Plays a scenario in virtual time: routers on a LAN in memory, the invariants checked after every
/// step. The same scenario gives the same run.
class Simulation {
public:
    /// All of them outlive the simulation.
    Simulation(const Scenario& scenario, const Behaviour& behaviour, Trace& trace);

    [[nodiscard]] Outcome run();

private:
    struct Flight {
        vrrp::Instant arrives_at;
        std::uint64_t order = 0;  ///< of two that arrive together, the first sent is the first
        std::size_t to = 0;
        Packet packet;
        bool is_claim = false;  ///< no packet of ours, but ARP or a neighbour advertisement

        friend bool operator>(const Flight& a, const Flight& b) {
            return a.arrives_at != b.arrives_at ? a.arrives_at > b.arrives_at : a.order > b.order;
        }
    };

    [[nodiscard]] vrrp::Instant next_time() const;
    void do_everything_due();
    void end_leases();
    void apply(const TimedFault& fault);
    void start(std::size_t index);
    void start_process(std::size_t first);
    [[nodiscard]] bool resumes(const std::vector<std::size_t>& machine);
    void stop(std::size_t index);
    void crash(std::size_t index);
    void pause(std::size_t index);
    void thaw(std::size_t index);
    void wake(std::size_t index);
    void set_link(std::size_t index, bool is_linked);
    void lose_addresses(std::size_t index);
    void reconfigure(std::size_t index, unsigned amount);
    void probe(std::size_t index);

    void arrive(std::size_t index, const Packet& packet);
    void receive(std::size_t index, const Packet& packet);
    void send(std::size_t index, const vrrp::SendAdvertisement& effect);
    void lose(std::size_t from, std::size_t to);
    void announce(std::size_t index);
    void deliver(std::size_t index, const vrrp::Event& event, bool is_forged = false);
    void tell(std::size_t index, const vrrp::Event& event, bool is_forged = false);
    void settle(std::size_t first);
    [[nodiscard]] std::vector<std::size_t> machine_of(std::size_t index) const;
    void judge(const Step& step);
    void arm(Host& host);

    const Scenario& scenario_;
    const Behaviour& behaviour_;
    Trace& trace_;
    Random random_;
    Lan lan_;
    std::vector<Host> hosts_;
    Witness witness_;
    std::vector<Flight> flights_;  ///< a heap, the next arrival in front
    std::uint64_t sent_ = 0;
    std::size_t next_fault_ = 0;
    vrrp::Instant now_;
    bool is_settling_ = false;
    Outcome outcome_;
};

/// Plays a scenario from its beginning to its end or the first violation.
[[nodiscard]] Outcome run(const Scenario& scenario, const Behaviour& behaviour, Trace& trace);

}  // namespace rehearse
