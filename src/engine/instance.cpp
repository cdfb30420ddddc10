#include "engine/instance.hpp"

#include "engine/reason.hpp"
#include "health/priority.hpp"
#include "os/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>
#include <variant>

namespace engine {

namespace {

// Subjects of rate-limited lines, beside the reasons of refusal, which take their own numbers.
constexpr std::size_t decode_subjects = 100;
constexpr std::size_t differing_addresses = 200;
constexpr std::size_t failed_effects = 1000;

constexpr vrrp::Duration removal_gap = std::chrono::seconds(1);

}  // namespace

std::expected<std::unique_ptr<Instance>, os::Error> Instance::create(
    const config::Router& router, std::vector<const health::Check*> checks, Segment& segment,
    Executor& executor, os::Loop& loop) {
    std::unique_ptr<Instance> instance(
        new Instance(router, std::move(checks), segment, executor, loop));
    auto* self = instance.get();
    auto timer = loop.timer(os::Urgency::deadlines, [self](vrrp::Instant now) {
        self->trigger_.clear();
        self->deliver(vrrp::TimerExpired{}, now);
    });
    auto removal_timer =
        loop.timer(os::Urgency::deadlines, [self](vrrp::Instant now) { self->remove_again(now); });
    if (!timer || !removal_timer) {
        return std::unexpected(timer ? removal_timer.error() : timer.error());
    }
    instance->timer_ = std::move(*timer);
    instance->removal_timer_ = std::move(*removal_timer);
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
      removable_(router.addresses),
      reason_("starts"),
      since_(loop.now()) {}

void Instance::start(vrrp::Instant now) {
    trigger_ = "starts";
    deliver(vrrp::PriorityChanged{fit_priority()}, now);
    deliver(vrrp::Startup{}, now);
}

void Instance::stop(vrrp::Instant now) {
    is_stopping_ = true;
    // Who only stops leaves the host the addresses that it had without us.
    removable_ = without_foreign();
    deliver(vrrp::Shutdown{}, now);
}

void Instance::stop_at_once(vrrp::Instant now) {
    trigger_ = "told to stop at once";
    stop(now);
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
    deliver(vrrp::AdvertisementReceived{*advertisement, packet}, now);
}

void Instance::take_link(vrrp::Instant now) {
    const auto& link = segment_.link();
    if (!link) {
        has_met_link_ = false;
    } else if (!std::exchange(has_met_link_, true)) {
        meet_link(*link);
    }
    const auto source = find_source();
    if (source != router_.source()) {
        trigger_ =
            source ? fmt::format("interface {} is up", segment_.interface()) : why_no_source();
        deliver(vrrp::SourceChanged{source}, now);
    }
    if (link) {
        guard_addresses(*link, now);
    }
}

void Instance::take_verdict(const health::Check& check, vrrp::Instant now) {
    if (std::ranges::find(checks_, &check) == checks_.end()) {
        return;
    }
    const std::uint8_t priority = fit_priority();
    if (priority != router_.priority()) {
        trigger_ = fmt::format("check {}: {}", check.config().name, check.detail());
        deliver(vrrp::PriorityChanged{priority}, now);
    }
}

/// The heart of the daemon: the only place where events meet effects.
void Instance::deliver(const vrrp::Event& event, vrrp::Instant now) {
    bool has_install_failed = false;
    for (const vrrp::Effect& effect : router_.handle(event, now)) {
        // What is not there is not announced.
        if (has_install_failed && std::holds_alternative<vrrp::AnnounceAddresses>(effect)) {
            continue;
        }
        if (const auto done = executor_.execute(effect, subject()); !done) {
            has_install_failed |= std::holds_alternative<vrrp::InstallAddresses>(effect);
            tell_failure(effect, done.error(), now);
        } else {
            tell(effect, now);
        }
    }
    if (has_install_failed) {
        deliver(vrrp::InstallFailed{}, now);
    }
    arm_timer();
}

void Instance::arm_timer() {
    if (const auto deadline = router_.deadline()) {
        timer_.arm(*deadline);
    } else {
        timer_.disarm();
    }
    if (on_idle_ && is_idle()) {
        on_idle_();
    }
}

/// An address that is still there although nobody serves it would be a second one of its kind.
void Instance::remove_again(vrrp::Instant now) {
    if (is_serving()) {
        return;
    }
    if (const auto done = executor_.execute(vrrp::RemoveAddresses{}, subject()); !done) {
        tell_failure(vrrp::RemoveAddresses{}, done.error(), now);
    }
}

/// What of our addresses is on the link before us. What an earlier run left behind bears our mark,
/// and nobody knows whether it is still ours to serve. The rest is another's, an owner's own say.
void Instance::meet_link(const net::Link& link) {
    foreign_.clear();
    bool has_left_overs = false;
    for (const vrrp::VirtualAddress& ours : addresses_) {
        const auto found =
            std::ranges::find(link.addresses, ours.address, &net::LinkAddress::address);
        if (found == link.addresses.end() || is_serving()) {
            continue;
        }
        if (found->protocol == net::our_address_protocol) {
            has_left_overs = true;
            continue;
        }
        foreign_.push_back(ours);
        if (!is_owner()) {
            os::log::warning("an address is on the link already, put there by another",
                             {{"router", name_}, {"address", vrrp::to_text(ours)}});
        }
    }
    if (has_left_overs) {
        os::log::warning("addresses left over from an earlier run are removed",
                         {{"router", name_}, {"interface", segment_.interface()}});
        Subject left_overs = subject();
        const auto marked = without_foreign();
        left_overs.removable = marked;
        if (const auto done = executor_.execute(vrrp::RemoveAddresses{}, left_overs); !done) {
            os::log::error("can't remove them", {{"error", done.error().message()}});
        }
    }
}

std::vector<vrrp::VirtualAddress> Instance::without_foreign() const {
    std::vector<vrrp::VirtualAddress> rest = addresses_;
    std::erase_if(rest, [this](const vrrp::VirtualAddress& address) {
        return std::ranges::find(foreign_, address) != foreign_.end();
    });
    return rest;
}

/// Puts back what another program takes away while we serve. What has not been seen on the link yet
/// is only on its way there.
void Instance::guard_addresses(const net::Link& link, vrrp::Instant now) {
    const bool all_there =
        std::ranges::all_of(addresses_, [&link](const vrrp::VirtualAddress& ours) {
            return std::ranges::any_of(link.addresses, [&ours](const net::LinkAddress& found) {
                return found.address == ours.address;
            });
        });
    if (all_there) {
        has_seen_addresses_ = true;
    } else if (router_.state() == vrrp::State::master &&
               std::exchange(has_seen_addresses_, false)) {
        ++counters_.addresses_restored;
        os::log::warning("another program took addresses away; they are put back",
                         {{"router", name_}, {"interface", segment_.interface()}});
        deliver(vrrp::AddressesLost{}, now);
    }
}

/// The address to speak from. An owner speaks from its own, also while it has taken them away.
std::optional<vrrp::IpAddress> Instance::find_source() const {
    if (!segment_.can_speak()) {
        return std::nullopt;
    }
    if (is_owner()) {
        const auto own = net::primary_address(*segment_.link(), vrrp::Family::ipv4, {});
        return own ? own : addresses_.front().address;
    }
    return net::primary_address(*segment_.link(), vrrp::Family::ipv4, segment_.virtual_addresses());
}

std::uint8_t Instance::fit_priority() const {
    std::vector<health::Opinion> opinions;
    for (const health::Check* check : checks_) {
        opinions.push_back({check->verdict(), check->config().weight});
    }
    return health::effective_priority(router_.config().priority, opinions);
}

bool Instance::is_owner() const {
    return router_.config().priority == vrrp::owner_priority;
}

bool Instance::is_serving() const {
    return router_.state() == vrrp::State::master || router_.state() == vrrp::State::leaving;
}

std::string Instance::why_no_source() const {
    return segment_.can_speak()
               ? fmt::format("interface {} has no IPv4 address of its own", segment_.interface())
               : segment_.why_silent();
}

/// What keeps the router out of the election now; empty where that is only its own past.
std::string Instance::why_out() const {
    if (is_stopping_) {
        return "";
    }
    if (!router_.source()) {
        return why_no_source();
    }
    for (const health::Check* check : checks_) {
        if (check->config().weight || check->verdict() == health::Verdict::good) {
            continue;
        }
        return check->verdict() == health::Verdict::bad
                   ? fmt::format("check {}: {}", check->config().name, check->detail())
                   : fmt::format("check {} has no result yet", check->config().name);
    }
    return "";
}

Subject Instance::subject() {
    return {router_, segment_, addresses_, removable_};
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
        .master = is_serving() ? router_.source() : router_.heard_master(),
        .addresses = addresses_,
        .checks = {},
        .counters = counters_,
    };
    if (router_.state() == vrrp::State::initialize && !why_out().empty()) {
        snapshot.reason = why_out();
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
    reason_ = explain(effect, router_, trigger_);
    has_seen_addresses_ = false;
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

void Instance::on(const vrrp::PeerDiffers& effect, vrrp::Instant now) {
    if (rate_limit_.allows(effect.source, differing_addresses, now)) {
        os::log::warning("a peer advertises other addresses than ours",
                         {{"router", name_}, {"peer", effect.source.to_text()}});
    }
}

void Instance::tell_failure(const vrrp::Effect& effect, const os::Error& error, vrrp::Instant now) {
    if (std::holds_alternative<vrrp::RemoveAddresses>(effect)) {
        removal_timer_.arm(now + removal_gap);
    }
    const std::size_t subject =
        failed_effects + 1000 * effect.index() + static_cast<std::size_t>(error.code);
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
