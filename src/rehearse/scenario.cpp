#include "rehearse/scenario.hpp"

#include <algorithm>
#include <chrono>

#include "rehearse/draw_hosts.hpp"
#include "rehearse/random.hpp"
#include "vrrp/lease.hpp"

namespace rehearse {

namespace {

using namespace std::chrono_literals;

/// Trouble lasts so many intervals.
constexpr int shortest_trouble = 10;
constexpr int longest_trouble = 40;

/// Longer than the recovery from a failed installation and the settling after it.
constexpr int calm = 40;
constexpr vrrp::Duration shortest_calm = 5s;

/// A router that rests for ten seconds would never be seen again at shorter intervals.
constexpr vrrp::Centiseconds shortest_to_recover{40};

/// In version 3 sometimes much shorter: then also time is, as otherwise there is much to play.
vrrp::Centiseconds draw_interval(vrrp::Version version, Random& random) {
    const std::uint64_t kind = random.below(100);
    if (version == vrrp::Version::v2 || kind < 60) {
        return vrrp::Centiseconds(100);
    }
    return vrrp::Centiseconds(kind < 63 ? 1 : kind < 75 ? 10 : 20 + random.below(80));
}

/// The jitter of a LAN is small beside the interval, or it would be a trouble of its own.
LanPlan draw_lan(vrrp::Duration interval, Random& random) {
    LanPlan lan;
    lan.shortest_delay = random.between(10us, 200us);
    const vrrp::Duration jitter = random.chance(1500) ? vrrp::Duration(30ms) : 3ms;
    lan.longest_delay = lan.shortest_delay + std::min(random.between(0us, jitter), interval / 10);
    lan.loss = random.chance(5000) ? 0 : static_cast<unsigned>(random.below(500));
    lan.duplication = random.chance(7000) ? 0 : 200;
    lan.corruption = random.chance(7000) ? 0 : static_cast<unsigned>(random.below(300));
    return lan;
}

/// Draws faults, each with what ends it.
class Troublemaker {
public:
    Troublemaker(Scenario& scenario, vrrp::Instant end, Random& random)
        : scenario_(scenario), end_(end), random_(random), unit_(scenario.interval) {}

    void start_all() {
        const vrrp::Duration spread = random_.chance(5000) ? unit_ / 100 : 3 * unit_;
        for (std::size_t host = 0; host < scenario_.hosts.size(); ++host) {
            add(vrrp::Instant{} + random_.between(0s, spread), Fault::start, host);
        }
    }

    void trouble() {
        const std::size_t host = any_host();
        const vrrp::Instant begin = next_time();
        switch (random_.below(13)) {
            case 0: return pair(begin, Fault::crash, Fault::start, host);
            case 1: return pair(begin, Fault::stop, Fault::start, host);
            case 2: return pair(begin, Fault::freeze, Fault::thaw, host);
            case 3: return pair(begin, Fault::link_down, Fault::link_up, host);
            case 4: return break_installation(begin, host);
            case 5: return pair(begin, Fault::service_dies, Fault::service_returns, host);
            case 6: return flap(begin, host);
            case 7: return partition(begin);
            case 8: return cut_one_way(begin, host);
            case 9: return lose(begin);
            case 10: return reconfigure(begin, host);
            case 11: return pair(begin, Fault::pause, Fault::start, host);
            default: return add(begin, Fault::addresses_lost, host);
        }
    }

    void forge() {
        add(any_time(), Fault::forge, any_host(), 0, static_cast<unsigned>(random_.next() >> 40));
    }

    /// Ends all that may still go on, but leaves some routers out of the election for good.
    void make_peace() {
        add(end_, Fault::loss, 0, 0, 0);
        add(end_, Fault::corruption, 0, 0, 0);
        for (std::size_t host = 0; host < scenario_.hosts.size(); ++host) {
            for (std::size_t peer = 0; peer < scenario_.hosts.size(); ++peer) {
                add(end_, Fault::connect, host, peer);
            }
            for (const Fault fault : {Fault::thaw, Fault::link_up, Fault::install_mends}) {
                add(end_, fault, host);
            }
            const bool has_service = random_.chance(8500);
            add(end_, has_service ? Fault::service_returns : Fault::service_dies, host);
            add(end_, random_.chance(8500) ? Fault::start : Fault::stop, host);
        }
    }

private:
    void add(vrrp::Instant at, Fault fault, std::size_t host, std::size_t peer = 0,
             unsigned amount = 0) {
        scenario_.faults.push_back({at, fault, host, peer, amount});
    }

    void pair(vrrp::Instant begin, Fault fault, Fault end_of_it, std::size_t host) {
        add(begin, fault, host);
        add(begin + any_duration(), end_of_it, host);
    }

    void break_installation(vrrp::Instant begin, std::size_t host) {
        if (scenario_.interval >= shortest_to_recover) {
            pair(begin, Fault::install_breaks, Fault::install_mends, host);
        }
    }

    /// On one host, or on all of them one after the other.
    void reconfigure(vrrp::Instant begin, std::size_t host) {
        const auto amount = static_cast<unsigned>(random_.next() >> 40);
        if (random_.chance(7000)) {
            return add(begin, Fault::reconfigure, host, 0, amount);
        }
        for (std::size_t each = 0; each < scenario_.hosts.size(); ++each) {
            begin += random_.between(0s, unit_);
            add(begin, Fault::reconfigure, each, 0, amount);
        }
    }

    void flap(vrrp::Instant begin, std::size_t host) {
        const vrrp::Duration period = random_.between(unit_ / 50, 3 * unit_);
        for (std::uint64_t i = random_.below(12) + 2; i > 0 && begin < end_; --i) {
            add(begin, i % 2 == 0 ? Fault::service_dies : Fault::service_returns, host);
            begin += period;
        }
    }

    void partition(vrrp::Instant begin) {
        const vrrp::Instant heal = begin + any_duration();
        std::uint64_t side = random_.next();
        if (random_.chance(5000)) {  // the same on all LANs
            std::uint64_t sides = 0;
            for (std::size_t host = 0; host < scenario_.hosts.size(); ++host) {
                sides |= (side >> scenario_.first_of(host) & 1) << host;
            }
            side = sides;
        }
        for (std::size_t host = 0; host < scenario_.hosts.size(); ++host) {
            for (std::size_t peer = 0; peer < scenario_.hosts.size(); ++peer) {
                if ((side >> host & 1) != (side >> peer & 1)) {
                    add(begin, Fault::cut, host, peer);
                    add(heal, Fault::connect, host, peer);
                }
            }
        }
    }

    void cut_one_way(vrrp::Instant begin, std::size_t host) {
        const std::size_t peer = any_host();
        add(begin, Fault::cut, host, peer);
        add(begin + any_duration(), Fault::connect, host, peer);
    }

    void lose(vrrp::Instant begin) {
        add(begin, Fault::loss, 0, 0, static_cast<unsigned>(random_.below(10001)));
        add(begin + random_.between(unit_ / 20, 6 * unit_), Fault::loss, 0, 0, scenario_.lan.loss);
    }

    std::size_t any_host() { return random_.below(scenario_.hosts.size()); }

    vrrp::Instant any_time() {
        return vrrp::Instant{} + random_.between(2 * unit_, end_.time_since_epoch());
    }

    /// Often close after the trouble before it: it is the second blow that is hard to bear.
    vrrp::Instant next_time() {
        last_ = random_.chance(4000) ? any_time() : last_ + any_duration();
        return last_;
    }

    /// Often near the times that the protocol counts in.
    vrrp::Duration any_duration() {
        switch (random_.below(4)) {
            case 0: return random_.between(0ms, 5ms);
            case 1: return random_.between(0ms, 3 * unit_ / 2);
            case 2: return random_.between(29 * unit_ / 10, 42 * unit_ / 10);
            default: return random_.between(0s, 15 * unit_);
        }
    }

    Scenario& scenario_;
    vrrp::Instant end_;
    Random& random_;
    vrrp::Duration unit_;
    vrrp::Instant last_;
};

}  // namespace

std::string_view to_text(Fault fault) {
    switch (fault) {
        case Fault::start: return "start";
        case Fault::stop: return "stop";
        case Fault::crash: return "crash";
        case Fault::pause: return "pause";
        case Fault::freeze: return "freeze";
        case Fault::thaw: return "thaw";
        case Fault::service_dies: return "service dies";
        case Fault::service_returns: return "service returns";
        case Fault::link_down: return "link down";
        case Fault::link_up: return "link up";
        case Fault::install_breaks: return "installation breaks";
        case Fault::install_mends: return "installation mends";
        case Fault::cut: return "cut";
        case Fault::connect: return "connect";
        case Fault::loss: return "loss";
        case Fault::corruption: return "corruption";
        case Fault::forge: return "forged packet";
        case Fault::addresses_lost: return "addresses lost";
        case Fault::reconfigure: return "reconfigured";
    }
    return "?";
}

vrrp::RouterConfig reconfigured(const Scenario& scenario, const vrrp::RouterConfig& config,
                                unsigned amount) {
    vrrp::RouterConfig changed = config;
    Random random(amount / 8);
    switch (amount % 8) {
        case 0:
        case 1: changed.priority = draw_priority(random); break;
        case 2: changed.preempt = !config.preempt || config.last_resort; break;
        case 3:
            changed.preempt_delay =
                random.between(vrrp::Duration(0), 6 * vrrp::Duration(scenario.interval));
            break;
        case 4:
            // Groups that outrank each other, each in another member, must be equally patient.
            if (!config.is_grouped) {
                changed.down_adverts = 2 + static_cast<int>(random.below(4));
            }
            break;
        case 5:
            changed.addresses.push_back(address_of(config.family(), 248, true));
            if (changed.addresses.size() > 3) {
                changed.addresses.resize(1);
            }
            break;
        case 6: changed.strict = !config.strict; break;
        default:
            // In version 2 routers of different intervals don't hear each other.
            if (config.version == vrrp::Version::v3) {
                changed.interval =
                    scenario.interval * (1 + static_cast<int>(random.below(most_intervals)));
            }
            break;
    }
    if (changed.refresh_each > vrrp::Duration(0)) {
        changed.refresh_each = vrrp::lease_for(changed.down_adverts, changed.interval).refresh_each;
    }
    return changed;
}

namespace {

/// Draws what happens, and when it ends.
void draw_faults(Scenario& scenario, Random& random) {
    const vrrp::Duration unit = scenario.interval;
    const vrrp::Instant peace =
        vrrp::Instant{} + random.between(shortest_trouble * unit, longest_trouble * unit);
    Troublemaker troublemaker(scenario, peace, random);
    troublemaker.start_all();
    for (std::uint64_t i = random.below(random.chance(3000) ? 40 : 10); i > 0; --i) {
        troublemaker.trouble();
    }
    for (std::uint64_t i = random.below(30); i > 0; --i) {
        troublemaker.forge();
    }
    std::erase_if(scenario.faults, [peace](const TimedFault& fault) { return fault.at >= peace; });
    troublemaker.make_peace();
    std::ranges::stable_sort(scenario.faults, {}, &TimedFault::at);
    scenario.end = peace + std::max(calm * unit, shortest_calm);
}

}  // namespace

Scenario make_group_scenario(std::uint64_t seed) {
    Random random(~seed);
    Scenario scenario;
    scenario.seed = seed;
    scenario.members = 2;
    scenario.interval = draw_interval(vrrp::Version::v3, random);
    const vrrp::Duration unit = scenario.interval;
    scenario.lan = draw_lan(unit, random);
    scenario.hosts = draw_groups(scenario.interval, random);
    scenario.lateness = std::min(random.between(0us, 2ms), unit / 10);
    draw_faults(scenario, random);
    return scenario;
}

Scenario make_scenario(std::uint64_t seed) {
    Random random(seed);
    Scenario scenario;
    scenario.seed = seed;
    const vrrp::Version version = random.chance(5000) ? vrrp::Version::v2 : vrrp::Version::v3;
    scenario.interval = draw_interval(version, random);
    const vrrp::Duration unit = scenario.interval;
    scenario.lan = draw_lan(unit, random);
    scenario.hosts = draw_hosts(version, scenario.interval, random);
    scenario.lateness = std::min(random.between(0us, 2ms), unit / 10);

    draw_faults(scenario, random);
    return scenario;
}

}  // namespace rehearse
