// What an instance tells of itself: the log, the snapshot, the reasons.
#include "engine/instance.hpp"

#include "config/label.hpp"
#include "engine/reason.hpp"
#include "os/log.hpp"
#include "vrrp/lease.hpp"
#include "vrrp/reception.hpp"
#include "vrrp/timing.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>
#include <variant>

namespace engine {

RouterSnapshot Instance::snapshot() const {
    RouterSnapshot snapshot{
        .name = settings_.name,
        .interface = segment_.interface(),
        .group = settings_.group,
        .family = segment_.family(),
        .version = router_.config().version,
        .interval = router_.config().interval,
        .virtual_router_id = router_.config().virtual_router_id,
        .state = router_.state(),
        .since = loop_.wall_time(since_),
        .reason = reason(),
        .priority = router_.priority(),
        .base_priority = router_.config().priority,
        .source = router_.source(),
        .master = is_serving() ? router_.source() : router_.heard_master(),
        .addresses = settings_.addresses,
        .lease = lease_,
        .parts = fitness_.parts(),
        .contest = contest_,
        .counters = counters_,
    };
    if (router_.is_ready()) {
        snapshot.reason = fmt::format("hears no master, and waits for {}", company_of(settings_));
        snapshot.master.reset();
    }
    snapshot.counters.refused = herald_.refused();
    return snapshot;
}

std::string Instance::reason() const {
    const std::string why = router_.state() == vrrp::State::initialize ? why_out() : std::string();
    return why.empty() ? reason_ : why;
}

Standing Instance::standing() const {
    if (is_serving()) {
        return Standing::master;
    }
    if (router_.state() == vrrp::State::backup) {
        return Standing::backup;
    }
    if (is_stopping_) {
        return Standing::stop;
    }
    if (!has_started_ || is_waiting_to_start_) {
        return Standing::unknown;
    }
    if (router_.source() && fitness_.is_undecided()) {
        return Standing::unknown;
    }
    const bool takes_part = router_.source() && fitness_.priority() > 0;
    return takes_part && router_.is_held() ? Standing::held : Standing::fault;
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

void Instance::on(const vrrp::SendAdvertisement& effect, vrrp::Instant now) {
    ++counters_.advertisements_sent;
    has_spoken_ = true;
    if (router_.state() == vrrp::State::master && effect.priority > 0) {
        ledger_entry_.note(vrrp::resumable_until(router_.config(), now));
    }
}

void Instance::on(const vrrp::InstallAddresses& /*effect*/, vrrp::Instant now) {
    renewed_at_ = now;
}

void Instance::on(const vrrp::RefreshAddresses& /*effect*/, vrrp::Instant now) {
    renewed_at_ = now;
}

void Instance::on(const vrrp::StateChanged& effect, vrrp::Instant now) {
    since_ = now;
    reason_ = explain(effect, router_, trigger_);
    begin_guard(effect);
    // Who joins a group in office goes on with it, and nobody has been told of that.
    has_resumed_ = effect.cause == vrrp::Cause::resumed && !has_joined_;
    if (effect.to == vrrp::State::master) {
        ++counters_.became_master;
    } else {
        ledger_entry_.clear();
        fitness_.assume_health(false);
    }
    if (effect.cause == vrrp::Cause::group) {
        reason_ = fmt::format("goes with {}", company_of(settings_));
    }
    if (const auto suspect = herald_.suspect(now);
        effect.cause == vrrp::Cause::master_silent && !suspect.empty()) {
        reason_ += fmt::format(" that is accepted; there is {}", suspect);
        note_contest(suspect, now);
    }
    executor_.after([this, effect, reason = reason_] {
        os::log::info("state changed", {{"router", label_},
                                        {"from", std::string(vrrp::to_text(effect.from))},
                                        {"to", std::string(vrrp::to_text(effect.to))},
                                        {"reason", reason}});
    });
}

void Instance::on(const vrrp::AdvertisementRefused& effect, vrrp::Instant now) {
    // What is said while we take no part is heard all the same, and can't be said again later.
    is_refused_ = effect.reason != vrrp::RefuseReason::not_running;
    herald_.tell(effect, *heard_, router_, now);
    if (is_refused_) {
        note_refused_master(now);
    }
}

/// The router itself hears nobody while it takes no part.
void Instance::note_master(const vrrp::AdvertisementReceived& event, vrrp::Instant now) {
    const vrrp::RouterConfig& config = router_.config();
    if (vrrp::find_reason_to_refuse(config, router_.source(), event)) {
        return;
    }
    const vrrp::IpAddress& address = event.packet.source;
    if (event.advertisement.priority > 0) {
        heard_master_ = {
            address, now + vrrp::master_down_interval(config.version, event.advertisement.interval,
                                                      config.priority, config.down_adverts)};
    } else if (heard_master_ && heard_master_->address == address) {
        heard_master_.reset();
    }
}

/// Whoever is refused while we are master is a second one.
void Instance::note_refused_master(vrrp::Instant now) {
    const std::string suspect = herald_.new_suspect(now);
    if (router_.state() == vrrp::State::master && !suspect.empty()) {
        note_contest(suspect, now);
    }
}

void Instance::on(const vrrp::PeerDiffers& effect, vrrp::Instant now) {
    herald_.tell(effect, *heard_, router_, now);
}

void Instance::on(const vrrp::SecondMaster& effect, vrrp::Instant now) {
    ++counters_.second_master_heard;
    herald_.tell(effect, now);
    note_contest(fmt::format("{} goes on as master with priority {} and does not hear us",
                             effect.source.to_text(), effect.priority),
                 now);
}

void Instance::note_contest(std::string what, vrrp::Instant now) {
    contest_ = Contest{loop_.wall_time(now), std::move(what)};
}

}  // namespace engine
