// What a master does for its addresses, and what it says of itself.
#include "vrrp/virtual_router.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace vrrp {

namespace {

using namespace std::chrono_literals;

/// After taking over, addresses are announced at once and after these times, then each minute: a
/// switch may not forward yet, a neighbour may have missed one.
constexpr std::array<Duration, 3> announce_after{200ms, 1s, 5s};
constexpr Duration announce_each = 1min;

/// A router whose addresses can't be installed interrupts a healthy master each time it tries:
/// after six failures that is each 320 s.
constexpr int most_doublings = 5;

/// Other stations' claims to our addresses are answered this often: two that defended themselves
/// against each other would never end (RFC 5227 section 2.4).
constexpr Duration defend_gap = 10s;

}  // namespace

/// The peers' down interval and the addresses' lease both begin anew.
void VirtualRouter::on(const Pause& /*event*/, Instant now) {
    if (state_ == State::master) {
        advertise_at_.reset();
        refresh_at_ = refresh_at_ ? std::optional(now) : std::nullopt;
        advertise(now);
    }
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
        // Their lease begins anew, so the peers' patience must.
        effects_.push(SendAdvertisement{priority_});
        effects_.push(InstallAddresses{});
        announcement_ = 0;
        announce(now);
    }
}

void VirtualRouter::on(const LinkChanged& /*event*/, Instant now) {
    if (state_ == State::master) {
        announcement_ = 0;
        announce(now);
    }
}

/// Whoever claims them has taken over from us, or is a second master.
void VirtualRouter::on(const AddressClaimed& /*event*/, Instant now) {
    if (state_ == State::leaving && followed_) {
        leave_at_ = std::min(*leave_at_, now + claim_overlap);
    } else if (state_ == State::master && now >= defend_again_at_) {
        effects_.push(AnnounceAddresses{});
        defend_again_at_ = now + defend_gap;
    }
}

void VirtualRouter::advertise(Instant now) {
    effects_.push(SendAdvertisement{priority_});
    advertised_ = priority_;
    // The cadence is kept after a late wake-up, so that gaps don't add up.
    const auto interval = Duration(config_.interval);
    const bool is_on_time =
        advertise_at_ && now - *advertise_at_ < interval && *advertise_at_ <= now;
    advertise_at_ = (is_on_time ? *advertise_at_ : now) + interval;
    // Together with an advert if it can't wait for the next, also where they came out of step: a
    // lease which ends was last renewed when peers last heard us.
    if (refresh_at_ && *refresh_at_ < *advertise_at_) {
        refresh(now);
    }
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

/// A lease begins at `now`; nullopt where there are none.
std::optional<Instant> VirtualRouter::first_refresh(Instant now) const {
    const bool has_lease = config_.refresh_each > Duration(0);
    return has_lease ? std::optional(now + config_.refresh_each) : std::nullopt;
}

/// What is there gets a lease at the next turn, or stays for good from now on.
void VirtualRouter::change_lease(Instant now) {
    if (config_.refresh_each > Duration(0)) {
        refresh_at_ = now;
    } else {
        refresh_at_.reset();
        effects_.push(RefreshAddresses{});
    }
}

/// Begins the lease anew, where there is one.
void VirtualRouter::refresh(Instant now) {
    if (refresh_at_) {
        effects_.push(RefreshAddresses{});
        refresh_at_ = now + config_.refresh_each;
    }
}

/// With version 3, backups that know nothing of a handover skew wait by the interval that they are
/// told: the shortest one makes them succeed us within ten milliseconds (RFC 9568 section 6.4.2).
void VirtualRouter::say_farewell(Instant now) {
    const bool squeezes = config_.version == Version::v3 && !config_.strict;
    if (squeezes) {
        effects_.push(SendAdvertisement{advertised_, true});
    }
    effects_.push(SendAdvertisement{0, squeezes});
    if (!config_.strict) {
        farewell_at_ = now + farewell_gap;
    }
}

}  // namespace vrrp
