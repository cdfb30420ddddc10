// What an instance does about the addresses on its link, beside what its router says.
#include "engine/instance.hpp"

#include "os/log.hpp"

#include <utility>

namespace engine {

/// An address that is still there although nobody serves it would be a second one of its kind.
void Instance::remove_again(vrrp::Instant now) {
    if (is_serving()) {
        return;
    }
    if (const auto done = executor_.execute(vrrp::RemoveAddresses{}, subject(now)); !done) {
        note_failure(vrrp::RemoveAddresses{}, done.error(), now);
    }
}

/// What of our addresses is on the link before us. What an earlier run left behind bears our mark,
/// and nobody knows whether it is still ours to serve. The rest is another's, an owner's own say.
void Instance::meet_link(const net::Link& link, vrrp::Instant now) {
    if (is_serving()) {
        return;
    }
    const auto [foreign, has_left_overs] = guard_.meet(link);
    has_left_overs_ = has_left_overs;
    for (const vrrp::VirtualAddress& address : foreign) {
        if (!is_owner()) {
            os::log::warning("an address is on the link already, put there by another",
                             {{"router", label_}, {"address", vrrp::to_text(address)}});
        }
    }
    if (has_started_) {
        remove_left_overs(now);
    }
}

/// What an earlier run left behind, without a proof that it is still ours to serve.
void Instance::remove_left_overs(vrrp::Instant now) {
    if (!std::exchange(has_left_overs_, false)) {
        return;
    }
    os::log::warning("addresses left over from an earlier run are removed",
                     {{"router", label_}, {"interface", segment_.interface()}});
    Subject left_overs = subject(now);
    left_overs.removable = guard_.ours();
    if (const auto done = executor_.execute(vrrp::RemoveAddresses{}, left_overs); !done) {
        os::log::error("can't remove them", {{"error", done.error().message()}});
    }
}

/// Puts back what another program takes away while we serve. What has not been seen on the link yet
/// is only on its way there.
void Instance::guard_addresses(const net::Link& link, vrrp::Instant now) {
    if (guard_.has_lost(link) && router_.state() == vrrp::State::master) {
        ++counters_.addresses_restored;
        const bool has_ended = lease_ && renewed_at_ && now - *renewed_at_ >= *lease_;
        os::log::warning(has_ended ? "the addresses' lease ended before the daemon renewed it; "
                                     "they are put back"
                                   : "another program took addresses away; they are put back",
                         {{"router", label_}, {"interface", segment_.interface()}});
        deliver(vrrp::AddressesLost{}, now);
    }
}

/// From now on the addresses are there or not; but for one that stays in office, or comes back to
/// it, they are where they were.
void Instance::begin_guard(const vrrp::StateChanged& effect) {
    const auto serves = [](vrrp::State state) {
        return state == vrrp::State::master || state == vrrp::State::leaving;
    };
    if (!serves(effect.from) || !serves(effect.to)) {
        guard_.begin();
    }
    if (effect.cause == vrrp::Cause::resumed && segment_.link()) {
        static_cast<void>(guard_.has_lost(*segment_.link()));
    }
}

}  // namespace engine
