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
    has_addresses_ = false;
    router_.emplace(plan_.config);
    check_ = health::Check(check_config(plan_.service));
    next_probe_at = now;
}

void Host::crash() {
    router_.reset();
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

Step Host::handle(const vrrp::Event& event, const Behaviour& behaviour, vrrp::Instant now) {
    assert(is_running());
    Step step;
    step.now = now;
    step.host = index_;
    step.event = event;
    step.had_addresses = has_addresses_;
    step.before = look(behaviour);
    step.effects = behaviour.handle(*router_, event, local_time(now));
    step.after = look(behaviour);
    for (const vrrp::Effect& effect : step.effects) {
        if (std::holds_alternative<vrrp::InstallAddresses>(effect)) {
            has_addresses_ = !does_kernel_refuse;
            step.install_failed = does_kernel_refuse;
        } else if (std::holds_alternative<vrrp::RemoveAddresses>(effect)) {
            has_addresses_ = false;
        }
    }
    step.has_addresses = has_addresses_;
    return step;
}

std::optional<std::uint8_t> Host::probe(vrrp::Instant now) {
    next_probe_at = now + plan_.service.probe_interval;
    const std::uint8_t before = priority();
    const auto change = check_.handle({.is_good = is_service_well, .detail = {}}, now);
    if (!change || priority() == before) {
        return std::nullopt;
    }
    return priority();
}

std::uint8_t Host::priority() const {
    const std::array opinions{
        health::Opinion{.verdict = check_.verdict(), .weight = plan_.service.weight}};
    return health::effective_priority(plan_.config.priority, opinions);
}

std::optional<vrrp::IpAddress> Host::source() const {
    return is_linked ? std::optional(plan_.source) : std::nullopt;
}

}  // namespace rehearse
