#include "rehearse/simulation.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "rehearse/forgery.hpp"

namespace rehearse {

namespace {

/// The socket of a frozen process holds no more than this many packets.
constexpr std::size_t inbox_capacity = 64;

/// More orders than these, and a group does not come to rest.
constexpr int most_orders = 16;

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

Simulation::Simulation(const Scenario& scenario, const Behaviour& behaviour, Trace& trace)
    : scenario_(scenario),
      behaviour_(behaviour),
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
        keep_earlier(earliest, flights_.front().arrives_at);
    }
    for (const Host& host : hosts_) {
        keep_earlier(earliest, host.lease_ends_at());
        if (host.is_running()) {
            keep_earlier(earliest, host.wakes_at);
            keep_earlier(earliest, host.next_probe_at);
        }
    }
    return earliest;
}

/// Adverts before checks before timers, as the daemon's loop has them.
void Simulation::do_everything_due() {
    end_leases();
    while (next_fault_ < scenario_.faults.size() && scenario_.faults[next_fault_].at <= now_) {
        apply(scenario_.faults[next_fault_++]);
    }
    while (!flights_.empty() && flights_.front().arrives_at <= now_) {
        std::ranges::pop_heap(flights_, std::greater<>{});
        const Flight flight = std::move(flights_.back());
        flights_.pop_back();
        if (!flight.is_claim) {
            arrive(flight.to, flight.packet);
        } else if (hosts_[flight.to].is_running() && hosts_[flight.to].has_addresses()) {
            deliver(flight.to, vrrp::AddressClaimed{});
        }
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

/// A process that runs hears of it at once.
void Simulation::end_leases() {
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
        if (!hosts_[i].lease_ends_at() || *hosts_[i].lease_ends_at() > now_) {
            continue;
        }
        hosts_[i].end_lease();
        trace_.add_lease_end(i, now_);
        if (witness_.is_master(i)) {
            deliver(i, vrrp::AddressesLost{});
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
        case Fault::corruption: return lan_.set_corruption(fault.amount);
        case Fault::forge: return arrive(fault.host, forge(host.plan(), fault.amount));
        default: break;
    }
    witness_.note_trouble(fault.host, now_);
    switch (fault.fault) {
        case Fault::start: return start(fault.host);
        case Fault::stop: return stop(fault.host);
        case Fault::crash: return crash(fault.host);
        case Fault::pause: return pause(fault.host);
        case Fault::freeze:
            for (const std::size_t member : machine_of(fault.host)) {
                hosts_[member].is_frozen = host.router().has_value();
            }
            return;
        case Fault::thaw: return thaw(fault.host);
        case Fault::service_dies: host.is_service_well = false; return;
        case Fault::service_returns: host.is_service_well = true; return;
        case Fault::link_down: return set_link(fault.host, false);
        case Fault::link_up: return set_link(fault.host, true);
        case Fault::install_breaks: host.does_kernel_refuse = true; return;
        case Fault::install_mends: host.does_kernel_refuse = false; return;
        case Fault::addresses_lost: return lose_addresses(fault.host);
        case Fault::reconfigure: return reconfigure(fault.host, fault.amount);
        default: return;
    }
}

void Simulation::start(std::size_t index) {
    if (hosts_[index].is_frozen) {
        return;
    }
    const std::vector<std::size_t> machine = machine_of(index);
    for (const std::size_t member : machine) {
        hosts_[member].is_wanted = true;
    }
    if (!hosts_[index].router()) {
        return start_process(machine.front());
    }
    for (const std::size_t member : machine) {
        deliver(member, vrrp::Startup{});
    }
}

/// One that resumes is told all before its group settles, and each member is, as they were.
void Simulation::start_process(std::size_t first) {
    const std::vector<std::size_t> machine = machine_of(first);
    for (const std::size_t member : machine) {
        hosts_[member].start_process(now_);
        witness_.note_new_process(member, now_);
    }
    const bool does_resume = resumes(machine);
    const auto give = [this, does_resume](std::size_t member, const vrrp::Event& event) {
        does_resume ? tell(member, event) : deliver(member, event);
    };
    for (const std::size_t member : machine) {
        hosts_[member].is_resuming = does_resume;
        if (!does_resume) {
            hosts_[member].forget_remains(behaviour_);
        }
    }
    for (const std::size_t member : machine) {
        give(member, vrrp::PriorityChanged{hosts_[member].priority()});
        give(member, vrrp::SourceChanged{hosts_[member].source()});
        hosts_[member].is_resuming = false;
        give(member, vrrp::Startup{does_resume});
    }
    settle(first);
}

/// A machine resumes with all of its routers, where all may and are fit, which is looked at first.
bool Simulation::resumes(const std::vector<std::size_t>& machine) {
    const bool may = std::ranges::all_of(
        machine, [this](std::size_t each) { return hosts_[each].may_resume(behaviour_, now_); });
    if (!may) {
        return false;
    }
    bool are_fit = true;
    for (const std::size_t member : machine) {
        witness_.note_probe(member, hosts_[member].probe(now_).has_value());
        are_fit = are_fit && hosts_[member].is_linked && hosts_[member].priority() > 0;
    }
    return are_fit;
}

/// All are told before anything else happens, so that all make before they break.
void Simulation::stop(std::size_t index) {
    if (!hosts_[index].is_running()) {
        return;
    }
    for (const std::size_t member : machine_of(index)) {
        hosts_[member].is_wanted = false;
        witness_.note_trouble(member, now_);
        tell(member, vrrp::Shutdown{});
    }
    settle(index);
}

void Simulation::crash(std::size_t index) {
    for (const std::size_t member : machine_of(index)) {
        hosts_[member].crash();
        witness_.note_new_process(member, now_);
    }
}

/// The router is told, then the process ends. What no master holds goes with it.
void Simulation::pause(std::size_t index) {
    if (!hosts_[index].is_running()) {
        return;
    }
    for (const std::size_t member : machine_of(index)) {
        tell(member, vrrp::Pause{});
    }
    settle(index);
    for (const std::size_t member : machine_of(index)) {
        if (!witness_.is_master(member)) {
            hosts_[member].lose_addresses();
        }
    }
    crash(index);
}

void Simulation::thaw(std::size_t index) {
    if (!hosts_[index].is_frozen) {
        return;
    }
    const std::vector<std::size_t> machine = machine_of(index);
    for (const std::size_t member : machine) {
        hosts_[member].is_frozen = false;
        witness_.note_thaw(member, now_);
    }
    for (const std::size_t member : machine) {
        wake(member);
    }
}

/// What has waited in the sockets comes before the timers, as in the daemon's loop; but nobody
/// knows whether the kernel's news or the packets come first.
void Simulation::wake(std::size_t index) {
    Host& host = hosts_[index];
    const auto notice_lost_addresses = [this, &host, index] {
        if (host.has_run_out() && witness_.is_master(index)) {
            deliver(index, vrrp::AddressesLost{});
        }
    };
    const bool are_news_first = random_.chance(5000);
    if (are_news_first) {
        notice_lost_addresses();
    }
    for (const Packet& packet : std::exchange(host.inbox, {})) {
        receive(index, packet);
    }
    if (host.router()->source() != host.source()) {
        deliver(index, vrrp::SourceChanged{host.source()});
    }
    notice_lost_addresses();
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

/// While it leaves they go soon anyway.
void Simulation::lose_addresses(std::size_t index) {
    if (witness_.is_master(index)) {
        hosts_[index].lose_addresses();
        deliver(index, vrrp::AddressesLost{});
    }
}

/// A stopped process would read the file that it finds when it goes on, which is another story.
void Simulation::reconfigure(std::size_t index, unsigned amount) {
    Host& host = hosts_[index];
    if (host.is_frozen) {
        return;
    }
    host.set_config(reconfigured(scenario_, host.plan().config, amount));
    if (host.router()) {
        deliver(index, vrrp::Reconfigured{host.plan().config});
    }
    if (host.router() && host.router()->priority() != host.priority()) {
        deliver(index, vrrp::PriorityChanged{host.priority()});
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
    const auto advertisement = behaviour_.decode(packet.message, packet.context);
    const vrrp::RouterConfig& config = hosts_[index].plan().config;
    if (advertisement && advertisement->virtual_router_id == config.virtual_router_id) {
        deliver(index, vrrp::AdvertisementReceived{*advertisement, packet.context},
                packet.is_forged);
    }
}

void Simulation::send(std::size_t index, const vrrp::SendAdvertisement& effect) {
    const Host& host = hosts_[index];
    const bool is_unicast = host.plan().config.is_unicast();
    const vrrp::Advertisement advertisement = host.router()->advertisement(effect);
    Packet packet = make_packet(host.plan(), advertisement, host.plan().source);
    for (std::size_t to = 0; to < hosts_.size(); ++to) {
        if (to == index || !host.is_linked || !scenario_.shares_lan(index, to)) {
            continue;
        }
        if (is_unicast) {
            packet = make_packet(host.plan(), advertisement, hosts_[to].plan().source);
        }
        const auto delays = lan_.carry(index, to, random_);
        if (delays.empty() && !lan_.is_cut(index, to)) {
            lose(index, to);
        }
        for (const vrrp::Duration delay : delays) {
            Packet& sent = flights_.emplace_back(now_ + delay, sent_++, to, packet).packet;
            if (lan_.corrupts(random_)) {
                corrupt(sent, random_.next());
                lose(index, to);
            }
            std::ranges::push_heap(flights_, std::greater<>{});
        }
    }
}

void Simulation::lose(std::size_t from, std::size_t to) {
    witness_.note_trouble(from, to, now_);
    trace_.add_loss(from, to, now_);
}

/// Whoever has the addresses as well hears that another one claims them.
void Simulation::announce(std::size_t index) {
    for (std::size_t to = 0; to < hosts_.size(); ++to) {
        if (to == index || !hosts_[index].is_linked || !hosts_[to].has_addresses() ||
            !scenario_.shares_lan(index, to)) {
            continue;
        }
        for (const vrrp::Duration delay : lan_.carry(index, to, random_)) {
            flights_.push_back({now_ + delay, sent_++, to, {}, true});
            std::ranges::push_heap(flights_, std::greater<>{});
        }
    }
}

void Simulation::deliver(std::size_t index, const vrrp::Event& event, bool is_forged) {
    tell(index, event, is_forged);
    settle(index);
}

/// The members of a group are told what they must be told until they agree.
void Simulation::settle(std::size_t index) {
    const std::size_t first = scenario_.first_of(index);
    if (scenario_.members == 1 || is_settling_) {
        return;
    }
    std::vector<const vrrp::VirtualRouter*> routers;
    for (const std::size_t member : machine_of(index)) {
        routers.push_back(&*hosts_[member].router());
    }
    is_settling_ = true;
    int orders = 0;
    auto order = behaviour_.next_order(routers);
    for (; order && orders < most_orders; ++orders) {
        tell(first + order->member, order->event);
        order = behaviour_.next_order(routers);
    }
    is_settling_ = false;
    if (!outcome_.violation) {
        outcome_.violation = check_group(witness_, first, orders == most_orders, now_);
    }
}

std::vector<std::size_t> Simulation::machine_of(std::size_t index) const {
    std::vector<std::size_t> members(scenario_.members);
    std::iota(members.begin(), members.end(), scenario_.first_of(index));
    return members;
}

/// Where events meet effects.
void Simulation::tell(std::size_t index, const vrrp::Event& event, bool is_forged) {
    Host& host = hosts_[index];
    const vrrp::Duration slack = random_.between(vrrp::Duration(0), vrrp::lease_slack);
    Step step = host.handle(event, behaviour_, slack, now_);
    step.is_forged = is_forged;
    for (const vrrp::Effect& effect : step.effects) {
        if (const auto* sent = std::get_if<vrrp::SendAdvertisement>(&effect)) {
            send(index, *sent);
        } else if (std::holds_alternative<vrrp::AnnounceAddresses>(effect)) {
            announce(index);
        }
    }
    arm(host);
    judge(step);
    if (step.install_failed) {
        tell(index, vrrp::InstallFailed{});
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
    const auto deadline = host.deadline(behaviour_);
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

Outcome run(const Scenario& scenario, const Behaviour& behaviour, Trace& trace) {
    return Simulation(scenario, behaviour, trace).run();
}

}  // namespace rehearse
