// What a virtual router makes of the advertisements that it hears.
#include "vrrp/virtual_router.hpp"

#include "vrrp/reception.hpp"

#include <algorithm>

namespace vrrp {

namespace {

using namespace std::chrono_literals;

/// A master answers adverts of lower rank at most this often, so that nobody makes it shout.
constexpr Duration assert_gap = 100ms;

}  // namespace

void VirtualRouter::on(const AdvertisementReceived& event, Instant now) {
    const auto reason = state_ == State::initialize
                            ? std::optional(RefuseReason::not_running)
                            : find_reason_to_refuse(config_, source_, event);
    if (reason) {
        effects_.push(AdvertisementRefused{*reason, event.packet.source});
        return;
    }
    note_differences(event);
    const Advertisement& advertisement = event.advertisement;
    const Peer peer{event.packet.source, advertisement.priority, advertisement.interval,
                    advertisement.checksum_form, now};
    rival_ = peer;
    switch (state_) {
        case State::initialize: break;
        case State::backup: hear_as_backup(peer); break;
        case State::master: hear_as_master(peer, now); break;
        case State::leaving: hear_while_leaving(peer, now); break;
    }
}

/// What is accepted all the same, since telling it serves the user better than two masters: RFC
/// 3768 section 7.1 leaves the comparison of addresses open, RFC 9568 forbids to drop other
/// intervals.
void VirtualRouter::note_differences(const AdvertisementReceived& event) {
    const Advertisement& advertisement = event.advertisement;
    const auto note = [&](Difference difference) {
        effects_.push(PeerDiffers{difference, event.packet.source});
    };
    if (!advertisement.addresses.is_same_set(address_list())) {
        note(Difference::addresses);
    }
    if (config_.version == Version::v2) {
        return;
    }
    // One that leaves tells another interval, to be succeeded sooner: once, then with priority 0.
    const bool is_steady = advertisement.priority > 0 && rival_ &&
                           rival_->address == event.packet.source &&
                           rival_->interval == advertisement.interval;
    if (advertisement.interval != config_.interval && is_steady) {
        note(Difference::interval);
    }
    if (config_.family() == Family::ipv4 && advertisement.checksum_form != checksum_form()) {
        note(Difference::checksum_form);
    }
}

/// RFC 9568 section 6.4.2.
void VirtualRouter::hear_as_backup(const Peer& peer) {
    const bool is_the_followed = followed_ && followed_->address == peer.address;
    if (peer.priority == 0) {
        depart(peer);
    } else if (peer.priority >= priority_ || !preempts(peer)) {
        follow(peer);
    } else if (peer.heard_at < fit_at_ + config_.preempt_delay) {
        // It may stay for a while, but must not fall silent.
        follow(peer);
    } else if (!config_.strict && is_the_followed && followed_->priority >= priority_) {
        // It serves on until it hears us; nobody needs to wait for its silence.
        depart(peer);
    } else {
        discarded_ = peer;
    }
}

/// By value: it may be one of those that are forgotten here.
void VirtualRouter::follow(Peer master) {
    followed_ = master;
    discarded_.reset();
    departed_.reset();
    is_ready_ = false;
    has_woken_late_ = false;
    learn_from(master);
    heard_at_ = master.heard_at;
    if (master.priority >= priority_ || !preempts(master)) {
        outranked_at_ = master.heard_at;
    }
    down_at_ = takeover_time();
}

/// The master leaves, or has fallen below us. Said twice, it must not be waited for twice: the
/// first counts.
void VirtualRouter::depart(const Peer& master) {
    if (departed_) {
        return;
    }
    departed_ = master;
    if (discarded_ && discarded_->address == master.address) {
        discarded_.reset();
    }
    heard_at_ = master.heard_at;
    if (!is_ready_) {
        down_at_ = takeover_time();
    }
}

/// RFC 9568 section 6.4.2: a backup waits by its master's interval.
void VirtualRouter::learn_from(const Peer& master) {
    if (config_.version == Version::v3) {
        master_interval_ = master.interval;
        heard_form_ = master.checksum_form;
    }
}

/// The master down interval.
Duration VirtualRouter::patience() const {
    return master_down_interval(config_.version, master_interval_, priority_, config_.down_adverts);
}

/// When a backup that hears nothing more takes over.
Instant VirtualRouter::takeover_time() const {
    if (departed_) {
        return heard_at_ + (config_.strict
                                ? skew_time(config_.version, master_interval_, priority_)
                                : handover_skew(config_.version, master_interval_, priority_));
    }
    const Instant silence = std::max(heard_at_ + patience(), back_at_);
    if (!waits_behind_lower()) {
        return silence;
    }
    const Instant preemption =
        std::max({fit_at_ + config_.preempt_delay, outranked_at_ + patience(), back_at_});
    return std::min(silence, preemption);
}

/// RFC 9568 section 6.4.3.
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
    } else {
        answer(peer, now);
    }
}

/// The other learns at once that it is outranked, bridges and neighbours where the addresses are:
/// so RFC 9568 has it for version 3. The timer of the adverts goes on as it was.
void VirtualRouter::answer(const Peer& peer, Instant now) {
    const Duration silence =
        master_down_interval(config_.version, std::max(config_.interval, peer.interval), priority_,
                             config_.down_adverts);
    const bool is_known =
        contender_ && contender_->address == peer.address && now - contender_->heard_at < silence;
    contentions_ = is_known ? std::min(contentions_ + 1, contentions_to_tell) : 1;
    contender_ = peer;
    // There should be one owner only: RFC 9568 section 8.3.2.
    if (contentions_ == contentions_to_tell || peer.priority == owner_priority) {
        effects_.push(SecondMaster{peer.address, peer.priority});
    }
    const bool answers = config_.version == Version::v3 || !config_.strict;
    if (!answers || now < assert_again_at_) {
        return;
    }
    effects_.push(SendAdvertisement{priority_});
    assert_again_at_ = now + assert_gap;
    if (!config_.strict) {
        announcement_ = 0;
        announce(now);
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

}  // namespace vrrp
