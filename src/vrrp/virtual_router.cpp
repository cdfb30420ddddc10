#include "vrrp/virtual_router.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace vrrp {

namespace {

using namespace std::chrono_literals;

/// A master answers adverts of lower rank at most this often, so that nobody makes it shout.
constexpr Duration assert_gap = 100ms;

/// After taking over, addresses are announced at once and after these times, then each minute: a
/// switch may not forward yet, a neighbour may have missed one.
constexpr std::array<Duration, 3> announce_after{200ms, 1s, 5s};
constexpr Duration announce_each = 1min;

/// A router whose addresses can't be installed interrupts a healthy master each time it tries:
/// after six failures that is each 320 s.
constexpr int most_doublings = 5;

/// Takes the same time wherever the first difference stands.
bool is_same_password(const Password& a, const Password& b) {
    std::byte difference{0};
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference |= a[i] ^ b[i];
    }
    return difference == std::byte{0};
}

}  // namespace

VirtualRouter::VirtualRouter(RouterConfig config)
    : config_(std::move(config)), priority_(config_.priority) {
    for (const IpAddress& address : config_.addresses) {
        address_bytes_.insert(address_bytes_.end(), address.bytes().begin(), address.bytes().end());
    }
}

Effects VirtualRouter::handle(const Event& event, Instant now) {
    if (has_stalled(now)) {
        become_backup(Cause::stalled, {}, now);
    }
    std::visit([this, now](const auto& known) { on(known, now); }, event);
    return std::exchange(effects_, {});
}

std::optional<Instant> VirtualRouter::deadline() const {
    std::optional<Instant> earliest;
    for (const auto& at :
         {advertise_at_, down_at_, announce_at_, farewell_at_, leave_at_, recover_at_}) {
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
    return {Family::ipv4, std::span(address_bytes_)};
}

void VirtualRouter::on(const Startup& /*event*/, Instant now) {
    is_started_ = true;
    recover_at_.reset();
    install_failures_ = 0;
    if (state_ == State::leaving) {
        become_master(Cause::startup, {}, now);
    } else {
        enter_or_leave(Cause::startup, now);
    }
}

void VirtualRouter::on(const Shutdown& /*event*/, Instant now) {
    is_started_ = false;
    recover_at_.reset();
    if (state_ == State::master) {
        begin_leaving(now);
    } else if (state_ == State::backup) {
        leave(Cause::shutdown, {}, now);
    }
}

void VirtualRouter::on(const PriorityChanged& event, Instant now) {
    priority_ = event.priority;
    enter_or_leave(Cause::priority_zero, now);
    if (state_ != State::backup) {
        return;
    }
    if (discarded_ && discarded_->priority >= priority_) {
        // It outranks us from now on; the down interval counts from when it was heard.
        follow(*discarded_);
    }
    down_at_ = takeover_time();
}

void VirtualRouter::on(const SourceChanged& event, Instant now) {
    source_ = event.source;
    if (!source_) {
        farewell_at_.reset();
    }
    enter_or_leave(Cause::no_source, now);
}

void VirtualRouter::on(const InstallFailed& /*event*/, Instant now) {
    if (state_ == State::master) {
        recover_at_ = now + recovery_delay * (1 << install_failures_);
        install_failures_ = std::min(install_failures_ + 1, most_doublings);
        leave(Cause::install_failed, {}, now);
    }
}

void VirtualRouter::on(const AddressesLost& /*event*/, Instant now) {
    if (state_ == State::master) {
        effects_.push(InstallAddresses{});
        announcement_ = 0;
        announce(now);
    }
}

void VirtualRouter::on(const TimerExpired& /*event*/, Instant now) {
    const auto has_passed = [now](const std::optional<Instant>& at) { return at && *at <= now; };
    if (has_passed(farewell_at_)) {
        effects_.push(SendAdvertisement{0});
        farewell_at_.reset();
    }
    if (has_passed(recover_at_)) {
        recover_at_.reset();
        enter_or_leave(Cause::startup, now);
    }
    if (has_passed(leave_at_)) {
        leave(followed_ ? Cause::successor_heard : Cause::nobody_came, followed_.value_or(Peer{}),
              now);
    }
    if (has_passed(advertise_at_)) {
        install_failures_ = 0;
        advertise(now);
    }
    if (has_passed(announce_at_)) {
        announce(now);
    }
    if (has_passed(down_at_)) {
        // Woken more than an interval late, it has not listened: others may have spoken meanwhile.
        // One interval and the skew time are left to hear them.
        if (now - *down_at_ > Duration(config_.interval)) {
            departed_.reset();
            heard_at_ = now - 2 * Duration(config_.interval);
            down_at_ = takeover_time();
            return;
        }
        if (departed_) {
            become_master(Cause::master_left, *departed_, now);
        } else if (discarded_) {
            become_master(Cause::preempt, *discarded_, now);
        } else {
            become_master(Cause::master_silent, followed_.value_or(Peer{}), now);
        }
    }
}

void VirtualRouter::on(const AdvertisementReceived& event, Instant now) {
    if (const auto reason = refuse(event)) {
        effects_.push(AdvertisementRefused{*reason, event.source});
        return;
    }
    // RFC 3768 section 7.1 leaves the comparison of addresses open: telling it serves the user
    // better than two masters.
    if (!event.advertisement.addresses.is_same_set(address_list())) {
        effects_.push(AddressesDiffer{event.source});
    }
    const Peer peer{event.source, event.advertisement.priority, now};
    switch (state_) {
        case State::initialize: break;
        case State::backup: hear_as_backup(peer); break;
        case State::master: hear_as_master(peer, now); break;
        case State::leaving: hear_while_leaving(peer, now); break;
    }
}

/// All rules of reception that need this router's settings. A refused packet changes nothing.
std::optional<RefuseReason> VirtualRouter::refuse(const AdvertisementReceived& event) const {
    const Advertisement& advertisement = event.advertisement;
    if (state_ == State::initialize) {
        return RefuseReason::not_running;
    }
    if (event.source == source_) {
        return RefuseReason::own_address;
    }
    if (advertisement.version != config_.version) {
        return RefuseReason::version;
    }
    if (advertisement.password.has_value() != config_.password.has_value()) {
        return RefuseReason::auth_type;
    }
    if (advertisement.password && !is_same_password(*advertisement.password, *config_.password)) {
        return RefuseReason::password;
    }
    if (advertisement.interval != config_.interval) {
        return RefuseReason::interval;
    }
    return std::nullopt;
}

/// RFC 3768 section 6.4.2.
void VirtualRouter::hear_as_backup(const Peer& peer) {
    if (peer.priority == 0) {
        // Said twice, it must not be waited for twice: the first counts.
        if (!departed_) {
            departed_ = peer;
            if (discarded_ && discarded_->address == peer.address) {
                discarded_.reset();
            }
            heard_at_ = peer.heard_at;
            down_at_ = takeover_time();
        }
    } else if (peer.priority < priority_ && (config_.preempt || priority_ == owner_priority)) {
        discarded_ = peer;
    } else {
        follow(peer);
    }
}

void VirtualRouter::follow(const Peer& master) {
    followed_ = master;
    discarded_.reset();
    departed_.reset();
    heard_at_ = master.heard_at;
    down_at_ = takeover_time();
}

/// When a backup that hears nothing more takes over.
Instant VirtualRouter::takeover_time() const {
    if (!departed_) {
        return heard_at_ + master_down_interval(config_.interval, priority_);
    }
    return heard_at_ + (config_.strict ? skew_time(priority_) : handover_skew(priority_));
}

/// RFC 3768 section 6.4.3.
void VirtualRouter::hear_as_master(const Peer& peer, Instant now) {
    if (peer.priority == 0) {
        advertise(now);
    } else if (is_outranked_by(peer)) {
        // The winner may never have heard us: a last advert makes it announce the addresses again,
        // for those whom we have told that they are here.
        if (!config_.strict) {
            effects_.push(SendAdvertisement{priority_});
        }
        become_backup(Cause::better_master, peer, now);
    } else if (!config_.strict && now >= assert_again_at_) {
        // As RFC 9568 has it: the other learns at once that it is outranked, bridges and neighbours
        // where the addresses are. The timer of the adverts goes on as it was.
        effects_.push(SendAdvertisement{priority_});
        announcement_ = 0;
        announce(now);
        assert_again_at_ = now + assert_gap;
    }
}

/// The successor speaks before it has installed and announced the addresses. Until it has, ours
/// still answer.
void VirtualRouter::hear_while_leaving(const Peer& peer, Instant now) {
    if (peer.priority > 0 && !followed_) {
        followed_ = peer;
        farewell_at_.reset();
        leave_at_ = std::min(*leave_at_, now + handover_overlap);
    }
}

/// The one predicate of being in the election.
bool VirtualRouter::is_eligible() const {
    return is_started_ && source_.has_value() && priority_ > 0 && !recover_at_;
}

bool VirtualRouter::is_outranked_by(const Peer& peer) const {
    return peer.priority > priority_ ||
           (peer.priority == priority_ && peer.address > source_.value_or(IpAddress{}));
}

/// Whether a master has been silent so long that a peer may have taken over meanwhile.
bool VirtualRouter::has_stalled(Instant now) const {
    return state_ == State::master && now - *advertise_at_ > 2 * Duration(config_.interval);
}

void VirtualRouter::enter_or_leave(Cause cause_to_leave, Instant now) {
    if (!is_eligible()) {
        // A leaving master isn't started any more, yet it serves as long as it can.
        const bool can_serve = source_.has_value() && priority_ > 0;
        if (state_ != State::initialize && !(state_ == State::leaving && can_serve)) {
            leave(cause_to_leave, {}, now);
        }
    } else if (state_ == State::initialize) {
        if (priority_ == owner_priority) {
            become_master(Cause::owner, {}, now);
        } else {
            become_backup(Cause::startup, {}, now);
        }
    }
}

/// The advert first: the loser lets go a moment earlier. The addresses before their announcement:
/// whoever asks at once gets an answer.
void VirtualRouter::become_master(Cause cause, const Peer& peer, Instant now) {
    const StateChanged change = change_state(State::master, cause, peer);
    advertise(now);
    effects_.push(InstallAddresses{});
    announce(now);
    effects_.push(change);
}

void VirtualRouter::become_backup(Cause cause, const Peer& peer, Instant now) {
    if (state_ == State::master) {
        effects_.push(RemoveAddresses{});
    }
    effects_.push(change_state(State::backup, cause, peer));
    if (cause == Cause::better_master) {
        followed_ = peer;
    }
    heard_at_ = now;
    down_at_ = takeover_time();
}

/// Make before break: say that we leave, serve until the successor is heard.
void VirtualRouter::begin_leaving(Instant now) {
    const StateChanged change = change_state(State::leaving, Cause::shutdown, {});
    say_farewell(now);
    leave_at_ = now + leaving_limit;
    effects_.push(change);
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
    followed_.reset();
    discarded_.reset();
    departed_.reset();
    announcement_ = 0;
    advertise_at_.reset();
    down_at_.reset();
    announce_at_.reset();
    farewell_at_.reset();
    leave_at_.reset();
    return change;
}

void VirtualRouter::advertise(Instant now) {
    effects_.push(SendAdvertisement{priority_});
    // The cadence is kept after a late wake-up, so that gaps don't add up.
    const auto interval = Duration(config_.interval);
    const bool is_on_time =
        advertise_at_ && now - *advertise_at_ < interval && *advertise_at_ <= now;
    advertise_at_ = (is_on_time ? *advertise_at_ : now) + interval;
}

void VirtualRouter::announce(Instant now) {
    effects_.push(AnnounceAddresses{});
    if (announcement_ == announce_after.size()) {
        announce_at_ = now + announce_each;
        return;
    }
    const Duration before = announcement_ == 0 ? Duration(0) : announce_after[announcement_ - 1];
    announce_at_ = now + announce_after[announcement_] - before;
    ++announcement_;
}

void VirtualRouter::say_farewell(Instant now) {
    effects_.push(SendAdvertisement{0});
    if (!config_.strict) {
        farewell_at_ = now + farewell_gap;
    }
}

}  // namespace vrrp
