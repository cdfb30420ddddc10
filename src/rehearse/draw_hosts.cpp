#include "rehearse/draw_hosts.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "vrrp/lease.hpp"

namespace rehearse {

namespace {

using namespace std::chrono_literals;
using vrrp::Family;
using vrrp::Version;

constexpr std::uint64_t most_drift = 200;  // in a million, of a clock that nobody keeps right

ServicePlan draw_service(vrrp::Duration interval, Random& random) {
    ServicePlan service;
    service.probe_interval = random.between(interval / 5, 2 * interval);
    service.rise = 1 + static_cast<int>(random.below(3));
    service.fall = 1 + static_cast<int>(random.below(3));
    if (random.chance(4000)) {
        service.weight = static_cast<int>(random.below(161)) - 80;
    }
    return service;
}

/// What all routers of one LAN must agree on.
vrrp::RouterConfig draw_common(Version version, Family family, vrrp::Centiseconds interval,
                               Random& random) {
    vrrp::RouterConfig config;
    config.version = version;
    config.virtual_router_id = static_cast<std::uint8_t>(1 + random.below(255));
    config.interval = interval * (random.chance(8000) ? 1 : 2 + static_cast<int>(random.below(2)));
    config.strict = random.chance(2000);
    config.preempt = !random.chance(3000);
    config.down_adverts = random.chance(8500) ? 3 : 2 + static_cast<int>(random.below(4));
    if (random.chance(2000)) {
        config.preempt_delay = random.between(0s, 6 * vrrp::Duration(interval));
    }
    const std::uint64_t addresses = 1 + random.below(3);
    for (std::uint64_t i = 0; i < addresses; ++i) {
        // The first one of IPv6 is link-local.
        const auto number = static_cast<std::uint8_t>(250 + i);
        config.addresses.push_back(address_of(family, number, i > 0));
    }
    if (version == Version::v2 && random.chance(5000)) {
        config.password.emplace();
        std::ranges::generate(*config.password,
                              [&random] { return static_cast<std::byte>(random.below(256)); });
    }
    return config;
}

/// In what routers of one LAN may differ, and still are one virtual router.
void differ(std::vector<HostPlan>& hosts, vrrp::Centiseconds interval, Random& random) {
    const bool is_v3 = hosts.front().config.version == Version::v3;
    for (HostPlan& host : hosts) {
        host.config.preempt = random.chance(5000);
        host.config.strict = random.chance(5000);
        host.config.follows_checksum_form = random.chance(5000);
        if (is_v3) {
            host.config.interval = interval * (1 + static_cast<int>(random.below(most_intervals)));
        }
        if (is_v3 && random.chance(5000)) {
            host.config.checksum_form = vrrp::ChecksumForm::message;
        }
    }
}

/// Unfit hosts keep priority 1. Where preemption is off that has rules of its own, which the
/// scenarios of test/vrrp show. Takes nothing from what is drawn later.
void draw_last_resort(std::vector<HostPlan>& hosts, Random random) {
    const bool all_preempt =
        std::ranges::all_of(hosts, [](const HostPlan& host) { return host.config.preempt; });
    const bool is_wanted = random.chance(1500) && all_preempt;
    for (HostPlan& host : hosts) {
        host.config.last_resort = is_wanted;
    }
}

/// They speak to each other alone, from as many routers away as their TTL tells.
void speak_by_unicast(std::vector<HostPlan>& hosts, Random& random) {
    const bool has_bounds = random.chance(7000);
    const bool hears_strangers = random.chance(2000);
    std::vector<vrrp::UnicastPeer> peers;
    for (HostPlan& host : hosts) {
        host.ttl = random.chance(5000) ? 255 : static_cast<std::uint8_t>(10 + random.below(100));
        const auto min_ttl = static_cast<std::uint8_t>(has_bounds ? host.ttl - random.below(4) : 0);
        peers.push_back({host.source, min_ttl, has_bounds ? host.ttl : std::uint8_t{255}});
    }
    for (HostPlan& host : hosts) {
        host.config.peers = peers;
        host.config.hears_strangers = hears_strangers;
    }
}

/// The file tells each host the priorities of the others.
void know_rivals(std::vector<HostPlan>& hosts) {
    for (HostPlan& host : hosts) {
        for (const HostPlan& other : hosts) {
            if (&other != &host) {
                host.config.rival_priority =
                    std::max(host.config.rival_priority, other.config.priority);
            }
        }
    }
}

/// All routers of a machine, which are `members` in a row, have a lease or none has.
void draw_leases(std::vector<HostPlan>& hosts, std::size_t members, Random& random) {
    const unsigned share = random.chance(7500) ? 10'000 : 5000;
    bool has_lease = false;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        vrrp::RouterConfig& config = hosts[i].config;
        has_lease = i % members == 0 ? random.chance(share) : has_lease;
        if (has_lease) {
            config.refresh_each =
                vrrp::lease_for(config.down_adverts, config.interval).refresh_each;
        }
    }
}

std::size_t draw_count(Random& random) {
    const std::uint64_t kind = random.below(20);
    return kind == 0 ? 1 : kind == 1 ? 6 : kind == 2 ? 7 : 2 + random.below(4);
}

}  // namespace

std::uint8_t draw_priority(Random& random) {
    switch (random.below(12)) {
        case 0: return vrrp::owner_priority;
        case 1: return 1;
        case 2: return 254;
        case 3: return 100;
        default: return static_cast<std::uint8_t>(1 + random.below(254));
    }
}

vrrp::IpAddress address_of(Family family, std::uint8_t number, bool is_global) {
    if (family == Family::ipv4) {
        return {192, 0, 2, number};
    }
    return is_global ? vrrp::IpAddress({0x2001, 0xdb8, 0, 0, 0, 0, 0, number})
                     : vrrp::IpAddress({0xfe80, 0, 0, 0, 0, 0, 0, number});
}

std::vector<HostPlan> draw_hosts(Version version, vrrp::Centiseconds interval, Random& random) {
    const bool is_ipv6 = version == Version::v3 && random.chance(5000);
    const vrrp::RouterConfig common =
        draw_common(version, is_ipv6 ? Family::ipv6 : Family::ipv4, interval, random);
    const bool drifts = random.chance(5000);
    std::vector<HostPlan> hosts(draw_count(random));
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        hosts[i].config = common;
        hosts[i].config.priority = draw_priority(random);
        if (random.chance(300)) {
            hosts[i].config.addresses.push_back(address_of(common.family(), 249, true));
        }
        hosts[i].source = address_of(common.family(), static_cast<std::uint8_t>(10 + i));
        hosts[i].service = draw_service(interval, random);
        if (drifts) {
            hosts[i].drift =
                static_cast<int>(random.below(2 * most_drift + 1)) - static_cast<int>(most_drift);
        }
    }
    if (random.chance(2000)) {
        differ(hosts, interval, random);
    }
    if (random.chance(1500)) {
        speak_by_unicast(hosts, random);
    }
    if (random.chance(3000)) {
        know_rivals(hosts);
    }
    draw_leases(hosts, 1, random);
    draw_last_resort(hosts, random);
    return hosts;
}

std::vector<HostPlan> draw_groups(vrrp::Centiseconds interval, Random& random) {
    const bool is_v2 = interval >= vrrp::Centiseconds(100) && random.chance(5000);
    std::array commons{
        draw_common(is_v2 ? Version::v2 : Version::v3, Family::ipv4, interval, random),
        draw_common(Version::v3, Family::ipv6, interval, random)};
    commons[1].strict = commons[0].strict;
    commons[1].preempt = commons[0].preempt;
    commons[1].preempt_delay = commons[0].preempt_delay;
    commons[1].interval = commons[0].interval;
    commons[1].down_adverts = commons[0].down_adverts;
    std::vector<std::uint8_t> priorities(2 + random.below(3));
    std::ranges::generate(priorities, [&random] { return draw_priority(random); });
    // Who means to share the load gives each machine the higher priority on another LAN.
    std::array<std::vector<std::uint8_t>, 2> of_members{priorities, priorities};
    if (random.chance(3000)) {
        std::ranges::reverse(of_members[1]);
    } else if (random.chance(1500)) {
        std::ranges::generate(of_members[1], [&random] { return draw_priority(random); });
    }
    std::vector<HostPlan> hosts;
    for (std::size_t machine = 0; machine < priorities.size(); ++machine) {
        const int drift = random.chance(5000) ? 0 : static_cast<int>(random.below(401)) - 200;
        for (std::size_t member = 0; member < commons.size(); ++member) {
            HostPlan& host = hosts.emplace_back();
            host.config = commons[member];
            host.config.priority = of_members[member][machine];
            host.config.is_grouped = true;
            host.config.breaks_ties = member == 0;
            host.source = address_of(host.config.family(), static_cast<std::uint8_t>(10 + machine));
            host.service = draw_service(interval, random);
            host.drift = drift;
        }
    }
    draw_leases(hosts, commons.size(), random);
    return hosts;
}

}  // namespace rehearse
