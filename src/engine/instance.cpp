#include "engine/instance.hpp"

#include "config/label.hpp"
#include "engine/reason.hpp"
#include "engine/source_choice.hpp"
#include "os/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>
#include <variant>

namespace engine {

namespace {

/// A former master may go on for a moment as if it were one, and its host as if it had the address.
constexpr vrrp::Duration claims_settle = std::chrono::seconds(1);

constexpr vrrp::Duration removal_gap = std::chrono::seconds(1);

}  // namespace

std::expected<std::unique_ptr<Instance>, os::Error> Instance::create(
    const config::Router& router, std::optional<std::chrono::seconds> lease,
    LedgerEntry ledger_entry, Fitness fitness, Segment& segment, Executor& executor,
    os::Loop& loop) {
    auto carrier = Carrier::create(router);
    if (!carrier) {
        return std::unexpected(carrier.error());
    }
    std::unique_ptr<Instance> instance(new Instance(router, lease, ledger_entry,
                                                    std::move(*carrier), std::move(fitness),
                                                    segment, executor, loop));
    if (const auto created = instance->create_timers(); !created) {
        return std::unexpected(created.error());
    }
    return instance;
}

Instance::Instance(const config::Router& router, std::optional<std::chrono::seconds> lease,
                   LedgerEntry ledger_entry, Carrier carrier, Fitness fitness, Segment& segment,
                   Executor& executor, os::Loop& loop)
    : settings_(router),
      label_(label_of(router)),
      lease_(lease),
      ledger_entry_(ledger_entry),
      carrier_(std::move(carrier)),
      fitness_(std::move(fitness)),
      segment_(segment),
      executor_(executor),
      loop_(loop),
      router_(router.protocol),
      guard_(router.addresses, net::keeps_marks()),
      removable_(router.addresses),
      reason_("starts"),
      since_(loop.now()),
      herald_(label_) {}

std::expected<void, os::Error> Instance::create_timers() {
    const auto create = [this](os::Timer& timer, void (Instance::*on_time)(vrrp::Instant)) {
        auto created = loop_.timer(os::Urgency::deadlines,
                                   [this, on_time](vrrp::Instant now) { (this->*on_time)(now); });
        if (created) {
            timer = std::move(*created);
        }
        return created ? std::expected<void, os::Error>() : std::unexpected(created.error());
    };
    auto result = create(timer_, &Instance::expire);
    result = result ? create(removal_timer_, &Instance::remove_again) : result;
    return result ? create(start_timer_, &Instance::begin) : result;
}

bool Instance::can_resume(vrrp::Instant now) const {
    const auto until = ledger_entry_.resumable_until();
    return until && now < *until && find_source();
}

void Instance::start(bool resumes, vrrp::Instant now) {
    start_with(resumes ? "the daemon before this one was master a moment ago" : "", now);
}

/// `office` is why it is master from the start; empty: it is not.
void Instance::start_with(std::string office, vrrp::Instant now) {
    has_started_ = true;
    fitness_.assume_health(!office.empty());
    trigger_ = "starts";
    deliver(vrrp::PriorityChanged{fitness_.priority()}, now);
    if (!office.empty()) {
        trigger_ = std::move(office);
        deliver(vrrp::Startup{.resumes = true}, now);
    }
    if (router_.state() == vrrp::State::master) {
        return;
    }
    ledger_entry_.clear();
    remove_left_overs(now);
    if (settings_.start_delay > vrrp::Duration(0)) {
        is_waiting_to_start_ = true;
        start_timer_.arm(now + settings_.start_delay);
    } else {
        begin(now);
    }
}

void Instance::begin(vrrp::Instant now) {
    trigger_ = std::exchange(is_waiting_to_start_, false) ? "start_delay is over" : "starts";
    deliver(vrrp::Startup{}, now);
}

void Instance::pause(vrrp::Instant now) {
    if (router_.state() == vrrp::State::leaving) {
        stop_at_once(now);  // who has said that it goes does not come back
    } else {
        deliver(vrrp::Pause{}, now);
    }
}

void Instance::stop(vrrp::Instant now) {
    is_stopping_ = true;
    start_timer_.disarm();
    // Who only stops leaves the host the addresses that it had without us.
    removable_ = guard_.ours();
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

void Instance::hear(const net::IpPacket& packet, net::PacketForm form, vrrp::Instant now) {
    const auto arrival = carrier_.receive(packet, form, loop_.wall_time(now));
    if (!arrival) {
        herald_.tell(arrival.error(), packet.context.source, now);
        if (std::holds_alternative<auth::AuthError>(arrival.error())) {
            note_refused_master(now);
        }
        return;
    }
    ++counters_.advertisements_received;
    carrier_.note(*arrival);
    is_refused_ = false;
    note_master(arrival->event, now);
    deliver(arrival->event, now);
    if (arrival->has_unread_trailer && !is_refused_) {
        herald_.tell_unread_trailer(packet.context.source, now);
    }
    // Only what the router has accepted counts as heard, also against those who repeat it.
    if (!is_refused_) {
        carrier_.accept(*arrival);
    }
}

void Instance::take_claim(const net::Claim& claim, vrrp::Instant now) {
    const bool is_ours =
        std::ranges::find(settings_.addresses, claim.address, &vrrp::VirtualAddress::address) !=
        settings_.addresses.end();
    if (!is_ours || !is_serving()) {
        return;
    }
    if (router_.state() == vrrp::State::master) {
        if (now - since_ < claims_settle) {
            return;
        }
        ++counters_.addresses_claimed;
        herald_.tell(claim, now);
        note_contest(
            fmt::format("{} says that it has {}", net::to_text(claim.mac), claim.address.to_text()),
            now);
    }
    trigger_.clear();
    deliver(vrrp::AddressClaimed{}, now);
}

void Instance::obey(const vrrp::Event& order, vrrp::Instant now) {
    trigger_.clear();
    deliver(order, now);
}

void Instance::expire(vrrp::Instant now) {
    trigger_.clear();
    deliver(vrrp::TimerExpired{}, now);
}

void Instance::take_link(vrrp::Instant now) {
    const auto& link = segment_.link();
    if (!link) {
        has_met_link_ = false;
    } else if (!std::exchange(has_met_link_, true)) {
        meet_link(*link, now);
    }
    const bool could_speak = std::exchange(could_speak_, segment_.can_speak());
    const auto source = find_source();
    if (source != router_.source()) {
        if (!source) {
            trigger_ = why_no_source();
        } else if (could_speak) {
            trigger_ = fmt::format("interface {} has the address {}", segment_.interface(),
                                   source->to_text());
        } else {
            trigger_ = fmt::format("interface {} is up", segment_.interface());
        }
        deliver(vrrp::SourceChanged{source}, now);
    }
    if (link) {
        guard_addresses(*link, now);
    }
}

void Instance::take_new_mac(vrrp::Instant now) {
    trigger_.clear();
    deliver(vrrp::LinkChanged{}, now);
}

void Instance::take_verdict(const health::Check& check, vrrp::Instant now) {
    if (!fitness_.take(check)) {
        return;
    }
    trigger_ = fmt::format("check {}: {}", check.config().name, check.detail());
    take_priority(now);
}

void Instance::take_priority(vrrp::Instant now) {
    const std::uint8_t priority = fitness_.priority();
    const std::uint8_t before = router_.priority();
    if (priority == before) {
        // It may now be known to be unfit, where nothing was known.
        if (router_.state() == vrrp::State::initialize && on_event_) {
            on_event_(now);
        }
        return;
    }
    const vrrp::State state = router_.state();
    deliver(vrrp::PriorityChanged{priority}, now);
    // Another state is told with its reason.
    if (router_.state() == state) {
        os::log::info("priority changed", {{"router", label_},
                                           {"from", std::to_string(before)},
                                           {"to", std::to_string(priority)},
                                           {"reason", trigger_}});
    }
}

/// The heart of the daemon: the only place where events meet effects.
void Instance::deliver(const vrrp::Event& event, vrrp::Instant now) {
    // What failed before may be told in between, as an event of its own.
    const auto* const outer =
        std::exchange(heard_, std::get_if<vrrp::AdvertisementReceived>(&event));
    const bool was_master = router_.state() == vrrp::State::master;
    for (const vrrp::Effect& effect : router_.handle(event, now)) {
        if (const auto done = executor_.execute(effect, subject(now)); !done) {
            note_failure(effect, done.error(), now);
        } else {
            tell(effect, now);
        }
    }
    // Who stays master after another one's advert outranks it. The last advert of the one before
    // us, which yields, is no contest.
    hears_lower_master_ = heard_ != nullptr && was_master && !is_refused_ &&
                          router_.state() == vrrp::State::master &&
                          heard_->advertisement.priority > 0 && now - since_ >= claims_settle;
    heard_ = outer;
    arm_timer();
    if (on_event_) {
        on_event_(now);
    }
}

void Instance::arm_timer() {
    if (const auto deadline = router_.deadline()) {
        timer_.arm(*deadline);
    } else {
        timer_.disarm();
    }
}

void Instance::note_failure(const vrrp::Effect& effect, const os::Error& error, vrrp::Instant now) {
    if (std::holds_alternative<vrrp::RemoveAddresses>(effect)) {
        removal_timer_.arm(now + removal_gap);
    }
    herald_.tell(error, effect.index(), now);
}

void Instance::take_failure(const vrrp::Effect& effect, const os::Error& error, vrrp::Instant now) {
    if (std::holds_alternative<vrrp::SendAdvertisement>(effect) &&
        std::exchange(has_spoken_, false)) {
        --counters_.advertisements_sent;
    }
    if (std::holds_alternative<vrrp::SendAdvertisement>(effect)) {
        ledger_entry_.clear();  // who was not heard is waited for no longer
    }
    note_failure(effect, error, now);
    if (std::holds_alternative<vrrp::InstallAddresses>(effect) ||
        std::holds_alternative<vrrp::RefreshAddresses>(effect)) {
        deliver(vrrp::InstallFailed{}, now);
    }
}

std::optional<vrrp::IpAddress> Instance::find_source() const {
    return segment_.can_speak() ? choose_source(settings_, *segment_.link(),
                                                segment_.virtual_addresses(), router_.source())
                                : std::nullopt;
}

bool Instance::is_owner() const {
    return router_.config().priority == vrrp::owner_priority;
}

bool Instance::is_serving() const {
    return router_.state() == vrrp::State::master || router_.state() == vrrp::State::leaving;
}

std::string Instance::why_no_source() const {
    if (!segment_.can_speak()) {
        return segment_.why_silent();
    }
    if (settings_.source) {
        return fmt::format("interface {} does not have the address {} (source)",
                           segment_.interface(), settings_.source->to_text());
    }
    return fmt::format("interface {} has no {} of its own", segment_.interface(),
                       wanted_source(settings_));
}

/// What keeps the router out of the election now; empty where that is only its own past.
std::string Instance::why_out() const {
    if (is_stopping_) {
        return "";
    }
    if (is_waiting_to_start_) {
        return "waits for the end of start_delay";
    }
    if (!router_.source()) {
        return why_no_source();
    }
    if (std::string why = fitness_.why_unfit(); !why.empty()) {
        return why;
    }
    return router_.is_held() ? fmt::format("waits until {} can take part", company_of(settings_))
                             : "";
}

Subject Instance::subject(vrrp::Instant now) {
    return {.owner = *this,
            .router = router_,
            .segment = segment_,
            .carrier = carrier_,
            .addresses = settings_.addresses,
            .removable = removable_,
            .renewable = guard_.ours(),
            .lease = lease_,
            .accepts_traffic = settings_.accepts_traffic || is_owner(),
            .wall_now = loop_.wall_time(now)};
}

}  // namespace engine
