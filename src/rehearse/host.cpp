#include "rehearse/host.hpp"

#include <array>
#include <cassert>

#include "health/priority.hpp"

namespace rehearse {

namespace {

health::CheckConfig check_config(const ServicePlan& service) {
    health::CheckConfig config;
    config.name = "service";
    config.rise = service.rise;
    config.fall = service.fall;
    config.weight = service.weight;
    return config;
}

}  // namespace

Host::Host(const HostPlan& plan, std::size_t index)
    : plan_(plan), index_(index), check_(check_config(plan.service)) {}

void Host::start_process(vrrp::Instant now) {
    assert(!router_);
    router_.emplace(plan_.config);
    check_ = health::Check(check_config(plan_.service));
    next_probe_at = now;
}

bool Host::may_resume(const Behaviour& behaviour, vrrp::Instant now) const {
    return behaviour.may_resume(resumable_until_, now);
}

void Host::forget_remains(const Behaviour& behaviour) {
    resumable_until_.reset();
    if (behaviour.removes_remains) {
        remove_addresses();
    }
}

void Host::crash() {
    router_.reset();
    is_resuming = false;
    is_frozen = false;
    inbox.clear();
    armed_for.reset();
    wakes_at.reset();
    next_probe_at.reset();
}

/// What its clock shows.
vrrp::Instant Host::local_time(vrrp::Instant now) const {
    return now + now.time_since_epoch() * plan_.drift / 1'000'000;
}

std::optional<vrrp::Instant> Host::deadline(const Behaviour& behaviour) const {
    const auto local = behaviour.deadline(*router_);
    if (!local || plan_.drift == 0) {
        return local;
    }
    const vrrp::Duration span = local->time_since_epoch();
    vrrp::Instant now(span - span * plan_.drift / (1'000'000 + plan_.drift));
    // The divisions cut off: the first moment at which its clock shows it.
    while (local_time(now) < *local) {
        now += vrrp::Duration(1);
    }
    return now;
}

Glimpse Host::look(const Behaviour& behaviour) const {
    return {router_->state(),
            router_->priority(),
            plan_.config.preempt || router_->priority() == vrrp::owner_priority,
            deadline(behaviour),
            router_->heard_master(),
            router_->source()};
}

Step Host::handle(const vrrp::Event& event, const Behaviour& behaviour, vrrp::Duration slack,
                  vrrp::Instant now) {
    assert(is_running());
    Step step;
    step.now = now;
    step.host = index_;
    step.event = event;
    step.had_addresses = has_addresses_;
    step.before = look(behaviour);
    step.effects = behaviour.handle(*router_, event, local_time(now));
    step.after = look(behaviour);
    execute(step, behaviour, slack);
    keep_ledger(step);
    return step;
}

void Host::execute(Step& step, const Behaviour& behaviour, vrrp::Duration slack) {
    for (const vrrp::Effect& effect : step.effects) {
        if (std::holds_alternative<vrrp::InstallAddresses>(effect)) {
            remove_addresses();
            has_addresses_ = !does_kernel_refuse;
            step.install_failed = does_kernel_refuse;
            begin_lease(behaviour, slack, step.now);
        } else if (std::holds_alternative<vrrp::RefreshAddresses>(effect)) {
            begin_lease(behaviour, slack, step.now);
        } else if (std::holds_alternative<vrrp::RemoveAddresses>(effect)) {
            remove_addresses();
        }
    }
    step.has_addresses = has_addresses_;
}

/// Of what is there. A kernel that refuses renews nothing either.
void Host::begin_lease(const Behaviour& behaviour, vrrp::Duration slack, vrrp::Instant now) {
    if (!has_addresses_ || does_kernel_refuse) {
        return;
    }
    lease_ends_at_.reset();
    if (plan_.config.refresh_each > vrrp::Duration(0)) {
        lease_ends_at_ = now + behaviour.lifetime(plan_.config) + slack;
    }
}

void Host::remove_addresses() {
    has_addresses_ = false;
    has_run_out_ = false;
    lease_ends_at_.reset();
}

void Host::end_lease() {
    remove_addresses();
    has_run_out_ = true;
}

/// By the settings of that moment: peers know no others, whatever file the next process reads.
void Host::keep_ledger(const Step& step) {
    if (step.after.state != vrrp::State::master) {
        if (step.before.state == vrrp::State::master) {
            resumable_until_.reset();
        }
        return;
    }
    for (const vrrp::Effect& effect : step.effects) {
        const auto* sent = std::get_if<vrrp::SendAdvertisement>(&effect);
        if (sent != nullptr && sent->priority > 0) {
            resumable_until_ = vrrp::resumable_until(plan_.config, step.now);
        }
    }
}

std::optional<std::uint8_t> Host::probe(vrrp::Instant now) {
    next_probe_at = now + plan_.service.probe_interval;
    const std::uint8_t before = priority();
    const auto change = check_.handle(health::ProbeResult{.is_good = is_service_well}, now);
    if (!change || priority() == before) {
        return std::nullopt;
    }
    return priority();
}

std::uint8_t Host::priority() const {
    const std::array opinions{
        health::Opinion{.verdict = check_.verdict(), .weight = plan_.service.weight}};
    return health::effective_priority(plan_.config.priority, plan_.config.last_resort, opinions);
}

std::optional<vrrp::IpAddress> Host::source() const {
    return is_linked ? std::optional(plan_.source) : std::nullopt;
}

}  // namespace rehearse
