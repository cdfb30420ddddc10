#include "engine/instance.hpp"

#include "engine/reason.hpp"
#include "health/priority.hpp"
#include "os/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace engine {

namespace {

// Subjects of rate-limited lines, beside the reasons of refusal, which take their own numbers.
constexpr std::size_t decode_subjects = 100;
constexpr std::size_t differing_addresses = 200;
constexpr std::size_t failed_effects = 300;

}  // namespace

std::expected<std::unique_ptr<Instance>, os::Error> Instance::create(
    const config::Router& router, std::vector<const health::Check*> checks, Segment& segment,
    Executor& executor, os::Loop& loop) {
    std::unique_ptr<Instance> instance(
        new Instance(router, std::move(checks), segment, executor, loop));
    auto timer = loop.timer(os::Urgency::deadlines, [self = instance.get()](vrrp::Instant now) {
        self->deliver(vrrp::TimerExpired{}, now);
    });
    if (!timer) {
        return std::unexpected(timer.error());
    }
    instance->timer_ = std::move(*timer);
    segment.join(*instance);
    return instance;
}

Instance::Instance(const config::Router& router, std::vector<const health::Check*> checks,
                   Segment& segment, Executor& executor, os::Loop& loop)
    : name_(router.name),
      addresses_(router.addresses),
      checks_(std::move(checks)),
      segment_(segment),
      executor_(executor),
      loop_(loop),
      router_(router.protocol),
      reason_("starting"),
      since_(loop.now()) {}

void Instance::start(vrrp::Instant now) {
    if (fit_priority() == 0) {
        reason_ = "waits for the first result of its checks";
    }
    deliver(vrrp::PriorityChanged{fit_priority()}, now);
    deliver(vrrp::Startup{}, now);
}

void Instance::stop(vrrp::Instant now) {
    deliver(vrrp::Shutdown{}, now);
}

void Instance::stop_at_once(vrrp::Instant now) {
    health_ = "told to stop at once";
    deliver(vrrp::Shutdown{}, now);
    deliver(vrrp::PriorityChanged{0}, now);
}

bool Instance::is_idle() const {
    return router_.state() == vrrp::State::initialize && !router_.deadline();
}

void Instance::hear(std::span<const std::byte> message, const vrrp::PacketContext& packet,
                    vrrp::Instant now) {
    const auto advertisement = vrrp::decode(message, packet);
    if (!advertisement) {
        refusals_.count(advertisement.error());
        tell_refusal(vrrp::to_text(advertisement.error()),
                     decode_subjects + static_cast<std::size_t>(advertisement.error()),
                     packet.source, now);
        return;
    }
    ++counters_.advertisements_received;
    deliver(vrrp::AdvertisementReceived{*advertisement, packet.source}, now);
}

void Instance::take_link(vrrp::Instant now) {
    const auto& link = segment_.link();
    if (link) {
        remove_left_overs();
    } else {
        is_clean_ = false;
    }
    // An owner speaks from the addresses that it owns.
    const bool is_owner = router_.config().priority == vrrp::owner_priority;
    const auto not_a_source =
        is_owner ? std::span<const vrrp::VirtualAddress>{} : std::span(std::as_const(addresses_));
    const auto source =
        link && link->is_up ? net::primary_address(*link, not_a_source) : std::nullopt;
    if (source != router_.source()) {
        deliver(vrrp::SourceChanged{source}, now);
    }
}

void Instance::take_verdict(const health::Check& check, vrrp::Instant now) {
    if (std::ranges::find(checks_, &check) == checks_.end()) {
        return;
    }
    const std::uint8_t priority = fit_priority();
    health_ = fmt::format("check {}: {}", check.config().name, check.detail());
    if (priority != router_.priority()) {
        deliver(vrrp::PriorityChanged{priority}, now);
    }
}

/// The heart of the daemon: the only place where events meet effects.
void Instance::deliver(const vrrp::Event& event, vrrp::Instant now) {
    bool has_install_failed = false;
    for (const vrrp::Effect& effect : router_.handle(event, now)) {
        if (const auto done = executor_.execute(effect, subject()); !done) {
            has_install_failed |= std::holds_alternative<vrrp::InstallAddresses>(effect);
            tell_failure(done.error(), now);
        }
        tell(effect, now);
    }
    if (has_install_failed) {
        deliver(vrrp::InstallFailed{}, now);
    } else if (const auto deadline = router_.deadline()) {
        timer_.arm(*deadline);
    } else {
        timer_.disarm();
    }
    if (on_idle_ && is_idle()) {
        on_idle_();
    }
}

/// Addresses that an earlier run left behind: nobody knows whether they are still ours to serve.
void Instance::remove_left_overs() {
    if (std::exchange(is_clean_, true) || router_.state() != vrrp::State::initialize ||
        router_.config().priority == vrrp::owner_priority) {
        return;
    }
    const auto is_left_over = [this](const net::LinkAddress& found) {
        return std::ranges::any_of(addresses_, [&found](const vrrp::VirtualAddress& ours) {
            return ours.address == found.address && ours.prefix_length == found.prefix_length;
        });
    };
    if (std::ranges::any_of(segment_.link()->addresses, is_left_over)) {
        os::log::warning("addresses left over from an earlier run are removed",
                         {{"router", name_}, {"interface", segment_.interface()}});
        if (const auto done = executor_.execute(vrrp::RemoveAddresses{}, subject()); !done) {
            os::log::error("can't remove them", {{"error", done.error().message()}});
        }
    }
}

std::uint8_t Instance::fit_priority() const {
    std::vector<health::Opinion> opinions;
    for (const health::Check* check : checks_) {
        opinions.push_back({check->verdict(), check->config().weight});
    }
    return health::effective_priority(router_.config().priority, opinions);
}

Subject Instance::subject() {
    return {router_, segment_, addresses_};
}

RouterSnapshot Instance::snapshot() const {
    RouterSnapshot snapshot{
        .name = name_,
        .interface = segment_.interface(),
        .virtual_router_id = router_.config().virtual_router_id,
        .state = router_.state(),
        .since = loop_.wall_time(since_),
        .reason = reason_,
        .priority = router_.priority(),
        .base_priority = router_.config().priority,
        .source = router_.source(),
        .master = router_.followed_master(),
        .addresses = addresses_,
        .checks = {},
        .counters = counters_,
    };
    if (router_.state() == vrrp::State::master || router_.state() == vrrp::State::leaving) {
        snapshot.master = router_.source();
    }
    for (const health::Check* check : checks_) {
        snapshot.checks.push_back(check->config().name);
    }
    snapshot.counters.refused = refusals_.by_name();
    return snapshot;
}

void Instance::tell(const vrrp::Effect& effect, vrrp::Instant now) {
    std::visit(
        [&](const auto& known) {
            if constexpr (requires { on(known, now); }) {
                on(known, now);
            }
        },
        effect);
}

void Instance::on(const vrrp::SendAdvertisement& /*effect*/, vrrp::Instant /*now*/) {
    ++counters_.advertisements_sent;
}

void Instance::on(const vrrp::StateChanged& effect, vrrp::Instant now) {
    since_ = now;
    reason_ = explain(effect, router_, health_);
    if (effect.to == vrrp::State::master) {
        ++counters_.became_master;
    }
    os::log::info("state changed", {{"router", name_},
                                    {"from", std::string(vrrp::to_text(effect.from))},
                                    {"to", std::string(vrrp::to_text(effect.to))},
                                    {"reason", reason_}});
}

void Instance::on(const vrrp::AdvertisementRefused& effect, vrrp::Instant now) {
    // Out of the election nothing is to be heard, so nothing is wrong with what is not.
    if (effect.reason == vrrp::RefuseReason::not_running) {
        return;
    }
    refusals_.count(effect.reason);
    tell_refusal(vrrp::to_text(effect.reason), static_cast<std::size_t>(effect.reason),
                 effect.source, now);
}

void Instance::on(const vrrp::AddressesDiffer& effect, vrrp::Instant now) {
    if (rate_limit_.allows(effect.source, differing_addresses, now)) {
        os::log::warning("a peer advertises other addresses than ours",
                         {{"router", name_}, {"peer", effect.source.to_text()}});
    }
}

void Instance::tell_failure(const os::Error& error, vrrp::Instant now) {
    const std::size_t subject = failed_effects + static_cast<std::size_t>(error.code);
    if (rate_limit_.allows({}, subject, now)) {
        os::log::error("the kernel refused", {{"router", name_}, {"error", error.message()}});
    }
}

void Instance::tell_refusal(std::string_view reason, std::size_t subject,
                            const vrrp::IpAddress& sender, vrrp::Instant now) {
    if (rate_limit_.allows(sender, subject, now)) {
        os::log::warning(
            "advertisement refused",
            {{"router", name_}, {"sender", sender.to_text()}, {"reason", std::string(reason)}});
    }
}

}  // namespace engine
