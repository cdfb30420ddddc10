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

Step Host::handle(const vrrp::Event& event, const Handle& handle, vrrp::Instant now) {
    assert(is_running());
    Step step;
    step.now = now;
    step.host = index_;
    step.event = event;
    step.had_addresses = has_addresses_;
    step.before = glimpse(*router_);
    step.effects = handle(*router_, event, now);
    step.after = glimpse(*router_);
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
