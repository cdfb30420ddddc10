#include "rehearse/simulation.hpp"

#include <algorithm>
#include <utility>

#include "rehearse/forgery.hpp"

namespace rehearse {

namespace {

/// The socket of a frozen process holds no more than this many packets.
constexpr std::size_t inbox_capacity = 64;

std::vector<Host> make_hosts(const Scenario& scenario) {
    std::vector<Host> hosts;
    for (const HostPlan& plan : scenario.hosts) {
        hosts.emplace_back(plan, hosts.size());
    }
    return hosts;
}

void keep_earlier(vrrp::Instant& earliest, const std::optional<vrrp::Instant>& at) {
    if (at && *at < earliest) {
        earliest = *at;
    }
}

}  // namespace

Simulation::Simulation(const Scenario& scenario, const Handle& handle, Trace& trace)
    : scenario_(scenario),
      handle_(handle),
      trace_(trace),
      random_(scenario.seed ^ 0x5deece66dU),
      lan_(scenario.lan, scenario.hosts.size()),
      hosts_(make_hosts(scenario)),
      witness_(scenario, hosts_, lan_) {}

Outcome Simulation::run() {
    while (!outcome_.violation) {
        const vrrp::Instant next = next_time();
        if (next > scenario_.end) {
            break;
        }
        now_ = next;
        witness_.note_time(now_);
        outcome_.violation = check_time(witness_, now_);
        if (!outcome_.violation) {
            do_everything_due();
        }
    }
    outcome_.trace_hash = trace_.hash();
    outcome_.router_time = now_.time_since_epoch() * static_cast<long>(hosts_.size());
    return outcome_;
}

/// The end of the scenario and something more, where nothing is left to be done.
vrrp::Instant Simulation::next_time() const {
    vrrp::Instant earliest = scenario_.end + vrrp::Duration(1);
    if (next_fault_ < scenario_.faults.size()) {
        keep_earlier(earliest, scenario_.faults[next_fault_].at);
    }
    if (!flights_.empty()) {
        keep_earlier(earliest, flights_.top().arrives_at);
    }
    for (const Host& host : hosts_) {
        if (host.is_running()) {
            keep_earlier(earliest, host.wakes_at);
            keep_earlier(earliest, host.next_probe_at);
        }
    }
    return earliest;
}

/// Adverts before checks before timers, as the daemon's loop has them.
void Simulation::do_everything_due() {
    while (next_fault_ < scenario_.faults.size() && scenario_.faults[next_fault_].at <= now_) {
        apply(scenario_.faults[next_fault_++]);
    }
    while (!flights_.empty() && flights_.top().arrives_at <= now_) {
        const Flight flight = flights_.top();
        flights_.pop();
        arrive(flight.to, flight.packet);
    }
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
        if (hosts_[i].is_running() && hosts_[i].next_probe_at <= now_) {
            probe(i);
        }
        if (hosts_[i].is_running() && hosts_[i].wakes_at && *hosts_[i].wakes_at <= now_) {
            deliver(i, vrrp::TimerExpired{});
        }
    }
}

void Simulation::apply(const TimedFault& fault) {
    trace_.add(fault);
    Host& host = hosts_[fault.host];
    switch (fault.fault) {
        case Fault::cut:
            lan_.cut(fault.host, fault.peer);
            return witness_.note_trouble(fault.host, fault.peer, now_);
        case Fault::connect:
            lan_.connect(fault.host, fault.peer);
            return witness_.note_trouble(fault.host, fault.peer, now_);
        // Each packet lost will be a trouble; one that is forged must be none.
        case Fault::loss: return lan_.set_loss(fault.amount);
        case Fault::forge: return arrive(fault.host, forge(host.plan(), fault.amount));
        default: break;
    }
    witness_.note_trouble(fault.host, now_);
    switch (fault.fault) {
        case Fault::start: return start(fault.host);
        case Fault::stop: return stop(fault.host);
        case Fault::crash: return crash(fault.host);
        case Fault::freeze: host.is_frozen = host.router().has_value(); return;
        case Fault::thaw: return thaw(fault.host);
        case Fault::service_dies: host.is_service_well = false; return;
        case Fault::service_returns: host.is_service_well = true; return;
        case Fault::link_down: return set_link(fault.host, false);
        case Fault::link_up: return set_link(fault.host, true);
        case Fault::install_breaks: host.does_kernel_refuse = true; return;
        case Fault::install_mends: host.does_kernel_refuse = false; return;
        default: return;
    }
}

void Simulation::start(std::size_t index) {
    Host& host = hosts_[index];
    if (host.is_frozen) {
        return;
    }
    host.is_wanted = true;
    if (!host.router()) {
        host.start_process(now_);
        witness_.note_new_process(index, now_);
        deliver(index, vrrp::PriorityChanged{host.priority()});
        deliver(index, vrrp::SourceChanged{host.source()});
    }
    deliver(index, vrrp::Startup{});
}

void Simulation::stop(std::size_t index) {
    if (hosts_[index].is_running()) {
        hosts_[index].is_wanted = false;
        deliver(index, vrrp::Shutdown{});
    }
}

void Simulation::crash(std::size_t index) {
    hosts_[index].crash();
    witness_.note_new_process(index, now_);
}

/// What has waited in the socket comes before the timers, as in the daemon's loop.
void Simulation::thaw(std::size_t index) {
    Host& host = hosts_[index];
    if (!host.is_frozen) {
        return;
    }
    host.is_frozen = false;
    witness_.note_thaw(index, now_);
    for (const Packet& packet : std::exchange(host.inbox, {})) {
        receive(index, packet);
    }
    if (host.router()->source() != host.source()) {
        deliver(index, vrrp::SourceChanged{host.source()});
    }
}

void Simulation::set_link(std::size_t index, bool is_linked) {
    Host& host = hosts_[index];
    if (host.is_linked == is_linked) {
        return;
    }
    host.is_linked = is_linked;
    if (host.is_running()) {
        deliver(index, vrrp::SourceChanged{host.source()});
    }
}

void Simulation::probe(std::size_t index) {
    const auto priority = hosts_[index].probe(now_);
    witness_.note_probe(index, priority.has_value());
    if (priority) {
        deliver(index, vrrp::PriorityChanged{*priority});
    }
}

void Simulation::arrive(std::size_t index, const Packet& packet) {
    Host& host = hosts_[index];
    if (!host.is_linked || !host.router()) {
        return;
    }
    if (!host.is_frozen) {
        receive(index, packet);
    } else if (host.inbox.size() < inbox_capacity) {
        host.inbox.push_back(packet);
    }
}

void Simulation::receive(std::size_t index, const Packet& packet) {
    const auto advertisement = vrrp::decode(packet.message, packet.context);
    const vrrp::RouterConfig& config = hosts_[index].plan().config;
    if (advertisement && advertisement->virtual_router_id == config.virtual_router_id) {
        deliver(index, vrrp::AdvertisementReceived{*advertisement, packet.context},
                packet.is_forged);
    }
}

void Simulation::send(std::size_t index, const vrrp::SendAdvertisement& effect) {
    const Host& host = hosts_[index];
    const Packet packet = make_packet(host.plan(), host.router()->advertisement(effect));
    for (std::size_t to = 0; to < hosts_.size(); ++to) {
        if (to == index || !host.is_linked) {
            continue;
        }
        const auto delays = lan_.carry(index, to, random_);
        if (delays.empty() && !lan_.is_cut(index, to)) {
            witness_.note_trouble(index, to, now_);
            trace_.add_loss(index, to, now_);
        }
        for (const vrrp::Duration delay : delays) {
            flights_.push({now_ + delay, sent_++, to, packet});
        }
    }
}

/// Where events meet effects.
void Simulation::deliver(std::size_t index, const vrrp::Event& event, bool is_forged) {
    Host& host = hosts_[index];
    Step step = host.handle(event, handle_, now_);
    step.is_forged = is_forged;
    for (const vrrp::Effect& effect : step.effects) {
        if (const auto* sent = std::get_if<vrrp::SendAdvertisement>(&effect)) {
            send(index, *sent);
        }
    }
    arm(host);
    judge(step);
    if (step.install_failed) {
        deliver(index, vrrp::InstallFailed{});
    }
}

void Simulation::judge(const Step& step) {
    ++outcome_.steps;
    trace_.add(step);
    if (!outcome_.violation) {
        outcome_.violation = check_step(witness_, step);
    }
    witness_.note(step);
    const bool takes_over =
        step.before.state != vrrp::State::master && step.after.state == vrrp::State::master;
    outcome_.takeovers += takes_over ? 1 : 0;
}

/// A timer fires a little late, each time that it is set by another time.
void Simulation::arm(Host& host) {
    const auto deadline = host.router()->deadline();
    if (deadline == host.armed_for) {
        if (host.wakes_at && *host.wakes_at <= now_) {
            // It has fired and is still set: the broken router of a test would hold us here.
            host.wakes_at = now_ + vrrp::Duration(std::chrono::milliseconds(1));
        }
        return;
    }
    host.armed_for = deadline;
    host.wakes_at.reset();
    if (deadline) {
        host.wakes_at =
            std::max(*deadline, now_) + random_.between(vrrp::Duration(0), scenario_.lateness);
    }
}

vrrp::Effects handle_plainly(vrrp::VirtualRouter& router, const vrrp::Event& event,
                             vrrp::Instant now) {
    return router.handle(event, now);
}

Outcome run(const Scenario& scenario, const Handle& handle, Trace& trace) {
    return Simulation(scenario, handle, trace).run();
}

}  // namespace rehearse
