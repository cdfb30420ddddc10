#include "vrrp/virtual_router.hpp"

#include <algorithm>
#include <cassert>
#include <utility>
#include <vector>

namespace vrrp {

namespace {

using namespace std::chrono_literals;

std::vector<std::byte> to_bytes(const std::vector<IpAddress>& addresses) {
    std::vector<std::byte> bytes;
    for (const IpAddress& address : addresses) {
        bytes.insert(bytes.end(), address.bytes().begin(), address.bytes().end());
    }
    return bytes;
}

}  // namespace

VirtualRouter::VirtualRouter(RouterConfig config)
    : config_(std::move(config)),
      address_bytes_(to_bytes(config_.addresses)),
      priority_(config_.priority),
      master_interval_(config_.interval) {}

Effects VirtualRouter::handle(const Event& event, Instant now) {
    if (has_stalled(now)) {
        become_backup(Cause::stalled, {}, now);
    }
    std::visit([this, now](const auto& known) { on(known, now); }, event);
    return std::exchange(effects_, {});
}

std::optional<Instant> VirtualRouter::deadline() const {
    std::optional<Instant> earliest;
    for (const auto& at : {advertise_at_, down_at_, announce_at_, refresh_at_, farewell_at_,
                           leave_at_, recover_at_}) {
        if (at && (!earliest || *at < *earliest)) {
            earliest = at;
        }
    }
    return earliest;
}

std::optional<IpAddress> VirtualRouter::heard_master() const {
    const std::optional<Peer>& heard = followed_ ? followed_ : discarded_;
    return heard ? std::optional(heard->address) : std::nullopt;
}

AddressList VirtualRouter::address_list() const {
    return {config_.family(), std::span(address_bytes_)};
}

Advertisement VirtualRouter::advertisement(const SendAdvertisement& effect) const {
    const bool shows_password = config_.auth_type() == AuthType::simple_password;
    return {
        .version = config_.version,
        .virtual_router_id = config_.virtual_router_id,
        .priority = effect.priority,
        .interval = effect.is_squeezed ? shortest_interval : config_.interval,
        .auth_type = config_.auth_type(),
        .password = shows_password ? *config_.password : Password{},
        .checksum_form = checksum_form(),
        .addresses = address_list(),
    };
}

ChecksumForm VirtualRouter::checksum_form() const {
    const bool follows = config_.follows_checksum_form && heard_form_;
    return follows ? *heard_form_ : config_.checksum_form;
}

void VirtualRouter::on(const Startup& event, Instant now) {
    const bool was_started = std::exchange(is_started_, true);
    recover_at_.reset();
    install_failures_ = 0;
    if (event.resumes && state_ == State::initialize && is_eligible()) {
        become_master(Cause::resumed, {}, now);
        refresh(now);  // what is there has not much time left
        return;
    }
    // Only who was told to stop resumes, and not where a successor is in office already.
    if (state_ == State::leaving && !was_started && is_eligible() && !followed_) {
        become_master(Cause::startup, {}, now);
    } else {
        enter_or_leave(Cause::startup, now);
    }
}

void VirtualRouter::on(const Shutdown& /*event*/, Instant now) {
    is_started_ = false;
    recover_at_.reset();
    if (state_ == State::master) {
        begin_leaving(Cause::shutdown, now);
    } else if (state_ == State::backup) {
        leave(Cause::shutdown, {}, now);
    }
}

void VirtualRouter::on(const PriorityChanged& event, Instant now) {
    const std::uint8_t before = std::exchange(priority_, event.priority);
    if (priority_ > before) {
        fit_at_ = now;
    }
    enter_or_leave(Cause::priority_zero, now);
    if (state_ == State::master && priority_ < before && knows_better()) {
        begin_leaving(Cause::yields, now);
    }
    if (state_ == State::backup && priority_ != before) {
        reconsider(now);
    }
}

void VirtualRouter::on(const SourceChanged& event, Instant now) {
    source_ = event.source;
    if (!source_) {
        farewell_at_.reset();
    }
    enter_or_leave(Cause::no_source, now);
}

void VirtualRouter::on(const Reconfigured& event, Instant now) {
    assert(event.config.virtual_router_id == config_.virtual_router_id);
    assert(event.config.version == config_.version && event.config.family() == config_.family());
    const RouterConfig before = std::exchange(config_, event.config);
    const bool has_other_addresses = before.addresses != config_.addresses;
    address_bytes_ = to_bytes(config_.addresses);
    if (state_ == State::master && has_other_addresses) {
        effects_.push(InstallAddresses{});
        announcement_ = 0;
        announce(now);
    }
    const bool has_other_lease = before.refresh_each != config_.refresh_each;
    if (is_serving() && has_other_lease) {
        change_lease(now);
    }
    if (state_ == State::master &&
        (has_other_addresses || has_other_lease || before.interval != config_.interval)) {
        advertise_at_.reset();
        advertise(now);
    }
    const bool is_taught = config_.version == Version::v3 && followed_;
    master_interval_ = is_taught ? followed_->interval : config_.interval;
    if (state_ == State::backup) {
        reconsider(now);
    }
    if (is_held_ && !config_.is_grouped) {
        on(Hold{false}, now);
    }
}

/// A backup has another priority or other settings. The master that it meant to succeed may stand
/// now: then the down interval counts from when that was heard.
void VirtualRouter::reconsider(Instant now) {
    const auto stands = [this](const std::optional<Peer>& peer) {
        return peer && peer->priority > 0 && (peer->priority >= priority_ || !preempts(*peer));
    };
    if (stands(departed_)) {
        follow(*departed_);
    } else if (stands(discarded_)) {
        follow(*discarded_);
    } else if (!is_ready_ || !config_.is_grouped || takeover_time() > now) {
        is_ready_ = false;
        down_at_ = takeover_time();
    }
}

void VirtualRouter::on(const Hold& event, Instant now) {
    is_held_ = event.is_held;
    enter_or_leave(Cause::group, now);
}

void VirtualRouter::on(const TakeOver& /*event*/, Instant now) {
    if (is_ready_) {
        take_over(now);
    }
}

/// Two groups that outrank each other, each in another member, both give way, and would for ever.
/// So the one whose first member was not outranked waits longer, by more than skew times differ,
/// and hears the other.
void VirtualRouter::on(const GiveWay& /*event*/, Instant now) {
    if (state_ != State::master) {
        return;
    }
    become_backup(Cause::group, {}, now);
    if (config_.breaks_ties) {
        back_at_ = now + patience() + 2 * Duration(config_.interval);
        down_at_ = takeover_time();
    }
}

void VirtualRouter::on(const TimerExpired& /*event*/, Instant now) {
    const auto has_passed = [now](const std::optional<Instant>& at) { return at && *at <= now; };
    if (has_passed(farewell_at_)) {
        // After a stall it would only disturb the successor.
        if (now - *farewell_at_ <= Duration(config_.interval)) {
            effects_.push(SendAdvertisement{0, config_.version == Version::v3});
        }
        farewell_at_.reset();
    }
    if (has_passed(recover_at_)) {
        recover_at_.reset();
        enter_or_leave(Cause::startup, now);
    }
    if (has_passed(leave_at_)) {
        end_leaving(now);
    }
    if (has_passed(advertise_at_)) {
        install_failures_ = 0;
        advertise(now);
    }
    if (has_passed(announce_at_)) {
        announce(now);
    }
    if (has_passed(refresh_at_)) {
        refresh(now);
    }
    if (has_passed(down_at_)) {
        come_to_deadline(now);
    }
}

/// The end of the down interval, or of the skew time.
void VirtualRouter::come_to_deadline(Instant now) {
    // Woken more than an interval late, it has not listened: others may have spoken meanwhile. One
    // interval and the skew time are left to hear them. On a host that is always late, this once.
    const bool is_late = now - *down_at_ > Duration(master_interval_);
    if (is_late && !std::exchange(has_woken_late_, true)) {
        departed_.reset();
        heard_at_ = now - (config_.down_adverts - 1) * Duration(master_interval_);
        outranked_at_ = heard_at_;
        down_at_ = takeover_time();
    } else if (config_.is_grouped) {
        is_ready_ = true;
        down_at_.reset();
    } else {
        take_over(now);
    }
}

void VirtualRouter::take_over(Instant now) {
    if (departed_) {
        const bool has_left = departed_->priority == 0;
        become_master(has_left ? Cause::master_left : Cause::master_fell, *departed_, now);
    } else if (discarded_ && now < discarded_->heard_at + patience()) {
        become_master(Cause::preempt, *discarded_, now);
    } else if (waits_behind_lower() && now < heard_at_ + patience()) {
        become_master(Cause::preempt, *followed_, now);
    } else if (priority_ == owner_priority && now < heard_at_ + patience()) {
        become_master(Cause::owner, {}, now);
    } else {
        rival_.reset();  // whoever it was, as far as one can know it is dead
        become_master(Cause::master_silent, followed_.value_or(Peer{}), now);
    }
}

/// With not being held, the one predicate of being in the election.
bool VirtualRouter::is_able() const {
    return is_started_ && source_.has_value() && priority_ > 0 && !recover_at_;
}

bool VirtualRouter::is_serving() const {
    return state_ == State::master || state_ == State::leaving;
}

/// Whether a master of lower priority has to go. An unfit one has, whatever is preferred.
bool VirtualRouter::preempts(const Peer& master) const {
    return config_.preempt || priority_ == owner_priority || is_unfit(master.priority);
}

bool VirtualRouter::is_unfit(std::uint8_t priority) const {
    return config_.last_resort && priority == last_resort_priority;
}

bool VirtualRouter::is_outranked_by(const Peer& peer) const {
    // A peer whose families share their fate yields by its first member. One that goes on does not.
    const bool goes_on =
        contender_ && contender_->address == peer.address && contentions_ == contentions_to_tell;
    const bool loses_tie =
        (config_.breaks_ties || goes_on) && peer.address > source_.value_or(IpAddress{});
    return peer.priority > priority_ || (peer.priority == priority_ && loses_tie);
}

/// Whether a backup follows a master that it may preempt sooner or later.
bool VirtualRouter::waits_behind_lower() const {
    return followed_ && followed_->priority < priority_ && preempts(*followed_);
}

/// Whether another router is better now, as far as one can know of backups, which are silent.
bool VirtualRouter::knows_better() const {
    const std::uint8_t heard = rival_ ? rival_->priority : std::uint8_t{0};
    const bool may_yield = config_.preempt || is_unfit(priority_);
    return !config_.strict && may_yield && std::max(heard, config_.rival_priority) > priority_;
}

/// Whether a master has been silent so long that a peer may have taken over meanwhile.
bool VirtualRouter::has_stalled(Instant now) const {
    const int missing = std::max(config_.down_adverts - 1, 1);
    return state_ == State::master && now - *advertise_at_ > missing * Duration(config_.interval);
}

void VirtualRouter::enter_or_leave(Cause cause_to_leave, Instant now) {
    if (!is_eligible()) {
        // A leaving master isn't started any more, yet it serves as long as it can.
        const bool can_serve = source_.has_value() && priority_ > 0;
        if (state_ != State::initialize && !(state_ == State::leaving && can_serve)) {
            leave(cause_to_leave, {}, now);
        }
    } else if (state_ == State::initialize) {
        const bool is_owner = priority_ == owner_priority;
        if (is_owner && !config_.is_grouped) {
            become_master(Cause::owner, {}, now);
            return;
        }
        become_backup(Cause::startup, {}, now);
        if (is_owner) {
            down_at_ = now;  // it needs no election, but the other members of its group do
        }
    }
}

/// The advert first: the loser lets go a moment earlier. The addresses before their announcement:
/// whoever asks at once gets an answer.
void VirtualRouter::become_master(Cause cause, const Peer& peer, Instant now) {
    const StateChanged change = change_state(State::master, cause, peer);
    master_interval_ = config_.interval;
    advertise(now);
    effects_.push(InstallAddresses{});
    refresh_at_ = first_refresh(now);
    announce(now);
    effects_.push(change);
}

void VirtualRouter::become_backup(Cause cause, const Peer& peer, Instant now) {
    if (is_serving()) {
        effects_.push(RemoveAddresses{});
    } else {
        fit_at_ = now;
    }
    effects_.push(change_state(State::backup, cause, peer));
    master_interval_ = config_.interval;
    if (cause == Cause::better_master || cause == Cause::successor_heard) {
        followed_ = peer;
        learn_from(peer);
    }
    heard_at_ = now;
    outranked_at_ = now;
    down_at_ = takeover_time();
}

/// Make before break: say that we leave, serve until the successor is heard.
void VirtualRouter::begin_leaving(Cause cause, Instant now) {
    const auto refresh_at = refresh_at_;
    const StateChanged change = change_state(State::leaving, cause, {});
    refresh_at_ = refresh_at;
    say_farewell(now);
    const bool is_slow = config_.strict && config_.version == Version::v3;
    leave_at_ = now + (is_slow ? std::max(leaving_limit, Duration(config_.interval) + 100ms)
                               : leaving_limit);
    effects_.push(change);
}

/// Who was told to stop goes. Who only yielded is a backup now, or stays where nobody came.
void VirtualRouter::end_leaving(Instant now) {
    const Peer successor = followed_.value_or(Peer{});
    const Cause cause = followed_ ? Cause::successor_heard : Cause::nobody_came;
    if (!is_eligible()) {
        leave(cause, successor, now);
    } else if (followed_) {
        become_backup(cause, successor, now);
    } else if (now - *leave_at_ > Duration(config_.interval)) {
        become_backup(Cause::stalled, {}, now);  // somebody may have come, unheard
    } else {
        become_master(cause, successor, now);
    }
}

/// Out of the election at once: addresses away first, then the packet.
void VirtualRouter::leave(Cause cause, const Peer& peer, Instant now) {
    // A farewell that was begun is ended, unless its purpose is fulfilled.
    const auto farewell_at = cause == Cause::priority_zero ? farewell_at_ : std::nullopt;
    const StateChanged change = change_state(State::initialize, cause, peer);
    farewell_at_ = farewell_at;
    if (change.from == State::master || change.from == State::leaving) {
        effects_.push(RemoveAddresses{});
    }
    if (change.from == State::master && source_) {
        say_farewell(now);
    }
    effects_.push(change);
}

/// The only place where the state is written. All that belonged to the old one is forgotten.
StateChanged VirtualRouter::change_state(State to, Cause cause, const Peer& peer) {
    const State from = std::exchange(state_, to);
    // Made before anything is forgotten: `peer` may be one of those below.
    const StateChanged change{from, to, cause, peer.address, peer.priority};
    is_ready_ = false;
    has_woken_late_ = false;
    followed_.reset();
    discarded_.reset();
    departed_.reset();
    contender_.reset();
    announcement_ = 0;
    advertise_at_.reset();
    down_at_.reset();
    announce_at_.reset();
    refresh_at_.reset();
    farewell_at_.reset();
    leave_at_.reset();
    return change;
}

}  // namespace vrrp
