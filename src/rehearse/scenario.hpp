#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "rehearse/lan.hpp"
#include "vrrp/address.hpp"
#include "vrrp/router_config.hpp"
#include "vrrp/time.hpp"

namespace rehearse {

/// The service behind the address, and how its check looks at it.
struct ServicePlan {
    vrrp::Duration probe_interval{0};
    int rise = 1;
    int fall = 1;
    std::optional<int> weight;  ///< nullopt: without the service the router leaves

    friend bool operator==(const ServicePlan&, const ServicePlan&) = default;
};

struct HostPlan {
    vrrp::RouterConfig config;
    vrrp::IpAddress source;
    ServicePlan service;
    std::uint8_t ttl = 255;  ///< with which its unicast arrives
    int drift = 0;           ///< in a million: so much faster its clock runs

    friend bool operator==(const HostPlan&, const HostPlan&) = default;
};

/// What can happen to a LAN and its hosts from outside. What makes no sense at its time (a crash of
/// a daemon that does not run) does nothing.
enum class Fault : std::uint8_t {
    start,  ///< the daemon, or the router that is leaving or has left
    stop,   ///< gracefully: the router leaves the election
    crash,  ///< the process is gone, what it left in the kernel stays while its lease lasts
    pause,  ///< the same, but the router was told: the process makes room for another
    freeze,
    thaw,
    service_dies,
    service_returns,
    link_down,
    link_up,
    install_breaks,  ///< the kernel refuses the addresses
    install_mends,
    cut,             ///< from `host` to `peer`, in this direction
    connect,         ///< from `host` to `peer`
    loss,            ///< `amount` in 10,000 packets on the whole LAN
    corruption,      ///< of `amount` in 10,000 packets that arrive
    forge,           ///< a packet that must be refused arrives at `host`, of the kind `amount`
    addresses_lost,  ///< another program takes them away
    reconfigure,     ///< by `amount`: see reconfigured()
};

[[nodiscard]] std::string_view to_text(Fault fault);

struct TimedFault {
    vrrp::Instant at;
    Fault fault = Fault::start;
    std::size_t host = 0;
    std::size_t peer = 0;
    unsigned amount = 0;

    friend bool operator==(const TimedFault&, const TimedFault&) = default;
};

/// Everything that is decided before a rehearsal begins. The rest follows from `seed`.
struct Scenario {
    std::uint64_t seed = 0;
    LanPlan lan;
    std::vector<HostPlan> hosts;
    /// So many hosts in a row are one machine: their routers, each on a LAN of its own, are one
    /// process and one sync group.
    std::size_t members = 1;
    vrrp::Centiseconds interval{100};  ///< what the hosts' own intervals are multiples of
    vrrp::Duration lateness{0};        ///< timers fire at most this late
    std::vector<TimedFault> faults;    ///< in the order of time
    vrrp::Instant end;

    /// The hosts of one machine have one LAN each.
    [[nodiscard]] bool shares_lan(std::size_t a, std::size_t b) const {
        return a % members == b % members;
    }
    /// The first of the hosts that are one machine with this one.
    [[nodiscard]] std::size_t first_of(std::size_t host) const { return host - host % members; }

    friend bool operator==(const Scenario&, const Scenario&) = default;
};

/// Between routers that may differ in their intervals, no one has more than so many times the
/// scenario's.
inline constexpr int most_intervals = 3;

/// The settings after a reconfiguration, which `amount` chooses.
[[nodiscard]] vrrp::RouterConfig reconfigured(const Scenario& scenario,
                                              const vrrp::RouterConfig& config, unsigned amount);

/// Two to four machines with two routers each, one for each LAN, and a handful of faults.
[[nodiscard]] Scenario make_group_scenario(std::uint64_t seed);

/// One to seven routers and a handful of faults, which end some time before the scenario does.
[[nodiscard]] Scenario make_scenario(std::uint64_t seed);

}  // namespace rehearse
