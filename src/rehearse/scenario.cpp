#include "rehearse/scenario.hpp"

#include <algorithm>
#include <chrono>

#include "rehearse/random.hpp"

namespace rehearse {

namespace {

using namespace std::chrono_literals;

constexpr vrrp::Duration shortest_trouble = 10s;
constexpr vrrp::Duration longest_trouble = 40s;

/// Longer than the recovery from a failed installation and two down intervals of three seconds.
constexpr vrrp::Duration calm = 36s;

std::uint8_t draw_priority(Random& random) {
    switch (random.below(12)) {
        case 0: return vrrp::owner_priority;
        case 1: return 1;
        case 2: return 254;
        case 3: return 100;
        default: return static_cast<std::uint8_t>(1 + random.below(254));
    }
}

LanPlan draw_lan(Random& random) {
    LanPlan lan;
    lan.shortest_delay = random.between(10us, 200us);
    const vrrp::Duration jitter = random.chance(1500) ? vrrp::Duration(30ms) : 3ms;
    lan.longest_delay = lan.shortest_delay + random.between(0us, jitter);
    lan.loss = random.chance(5000) ? 0 : static_cast<unsigned>(random.below(500));
    lan.duplication = random.chance(7000) ? 0 : 200;
    return lan;
}

ServicePlan draw_service(Random& random) {
    ServicePlan service;
    service.probe_interval = random.between(200ms, 2s);
    service.rise = 1 + static_cast<int>(random.below(3));
    service.fall = 1 + static_cast<int>(random.below(3));
    if (random.chance(3000)) {
        service.weight = static_cast<int>(random.below(161)) - 80;
    }
    return service;
}

/// What all routers of one LAN must agree on.
vrrp::RouterConfig draw_common(Random& random) {
    vrrp::RouterConfig config;
    config.virtual_router_id = static_cast<std::uint8_t>(1 + random.below(255));
    config.interval = vrrp::Centiseconds(random.chance(8000) ? 100 : 200 + 100 * random.below(2));
    config.strict = random.chance(2000);
    config.preempt = !random.chance(3000);
    const std::size_t addresses = 1 + random.below(3);
    for (std::size_t i = 0; i < addresses; ++i) {
        config.addresses.emplace_back(192, 0, 2, static_cast<std::uint8_t>(250 + i));
    }
    if (random.chance(5000)) {
        config.password.emplace();
        std::ranges::generate(*config.password,
                              [&random] { return static_cast<std::byte>(random.below(256)); });
    }
    return config;
}

std::vector<HostPlan> draw_hosts(Random& random) {
    const vrrp::RouterConfig common = draw_common(random);
    const bool is_mixed = random.chance(1500);
    std::vector<HostPlan> hosts(2 + random.below(4));
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        hosts[i].config = common;
        hosts[i].config.priority = draw_priority(random);
        if (is_mixed) {
            hosts[i].config.preempt = random.chance(5000);
            hosts[i].config.strict = random.chance(5000);
        }
        if (random.chance(300)) {
            hosts[i].config.addresses.emplace_back(192, 0, 2, 249);
        }
        hosts[i].source = vrrp::IpAddress(192, 0, 2, static_cast<std::uint8_t>(10 + i));
        hosts[i].service = draw_service(random);
    }
    return hosts;
}

/// Draws faults, each with what ends it.
class Troublemaker {
public:
    Troublemaker(Scenario& scenario, vrrp::Instant end, Random& random)
        : scenario_(scenario), end_(end), random_(random) {}

    void start_all() {
        const vrrp::Duration spread = random_.chance(5000) ? 10ms : 3s;
        for (std::size_t host = 0; host < scenario_.hosts.size(); ++host) {
            add(vrrp::Instant{} + random_.between(0s, spread), Fault::start, host);
        }
    }

    void trouble() {
        const std::size_t host = any_host();
        const vrrp::Instant begin = next_time();
        switch (random_.below(10)) {
            case 0: return pair(begin, Fault::crash, Fault::start, host);
            case 1: return pair(begin, Fault::stop, Fault::start, host);
            case 2: return pair(begin, Fault::freeze, Fault::thaw, host);
            case 3: return pair(begin, Fault::link_down, Fault::link_up, host);
            case 4: return pair(begin, Fault::install_breaks, Fault::install_mends, host);
            case 5: return pair(begin, Fault::service_dies, Fault::service_returns, host);
            case 6: return flap(begin, host);
            case 7: return partition(begin);
            case 8: return cut_one_way(begin, host);
            default: return lose(begin);
        }
    }

    void forge() {
        add(any_time(), Fault::forge, any_host(), 0, static_cast<unsigned>(random_.next() >> 40));
    }

    /// Ends all that may still go on, but leaves some routers out of the election for good.
    void make_peace() {
        add(end_, Fault::loss, 0, 0, 0);
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

    void flap(vrrp::Instant begin, std::size_t host) {
        const vrrp::Duration period = random_.between(20ms, 3s);
        for (std::uint64_t i = random_.below(12) + 2; i > 0 && begin < end_; --i) {
            add(begin, i % 2 == 0 ? Fault::service_dies : Fault::service_returns, host);
            begin += period;
        }
    }

    void partition(vrrp::Instant begin) {
        const vrrp::Instant heal = begin + any_duration();
        const std::uint64_t side = random_.next();
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
        add(begin + random_.between(50ms, 6s), Fault::loss, 0, 0, scenario_.lan.loss);
    }

    std::size_t any_host() { return random_.below(scenario_.hosts.size()); }

    vrrp::Instant any_time() {
        return vrrp::Instant{} + random_.between(2s, end_.time_since_epoch());
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
            case 1: return random_.between(0ms, 1500ms);
            case 2: return random_.between(2900ms, 4200ms);
            default: return random_.between(0s, 15s);
        }
    }

    Scenario& scenario_;
    vrrp::Instant end_;
    Random& random_;
    vrrp::Instant last_;
};

}  // namespace

std::string_view to_text(Fault fault) {
    switch (fault) {
        case Fault::start: return "start";
        case Fault::stop: return "stop";
        case Fault::crash: return "crash";
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
        case Fault::forge: return "forged packet";
    }
    return "?";
}

Scenario make_scenario(std::uint64_t seed) {
    Random random(seed);
    Scenario scenario;
    scenario.seed = seed;
    scenario.lan = draw_lan(random);
    scenario.hosts = draw_hosts(random);
    scenario.lateness = random.between(0us, 2ms);

    const vrrp::Instant peace = vrrp::Instant{} + random.between(shortest_trouble, longest_trouble);
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
    scenario.end = peace + calm;
    return scenario;
}

}  // namespace rehearse
