#include "engine/fate.hpp"

#include "engine/instance.hpp"
#include "os/log.hpp"
#include "vrrp/sync_group.hpp"

#include <algorithm>
#include <chrono>

namespace engine {

namespace {

constexpr vrrp::Duration told_again_after = std::chrono::minutes(1);

}  // namespace

void Fate::join(Instance& instance) {
    members_.push_back(&instance);
    routers_.push_back(&instance.router());
}

void Fate::clear() {
    members_.clear();
    routers_.clear();
}

void Fate::settle(vrrp::Instant now) {
    while (const auto order = vrrp::next_order(routers_)) {
        members_[order->member]->obey(order->event, now);
    }
    tell_who_waits(now);
}

/// A member that hears no master although the others do is deaf rather than alone: told once it is
/// no mere moment, at most once a minute.
void Fate::tell_who_waits(vrrp::Instant now) {
    const auto member = std::ranges::find_if(
        members_, [](const Instance* each) { return each->router().is_ready(); });
    if (member == members_.end()) {
        waits_since_.reset();
        return;
    }
    waits_since_ = waits_since_.value_or(now);
    const vrrp::Duration moment = 2 * vrrp::Duration((*member)->router().master_interval());
    if (now - *waits_since_ < moment || (told_at_ && now - *told_at_ < told_again_after)) {
        return;
    }
    told_at_ = now;
    os::log::warning("hears no master, and waits for its group",
                     {{"router", (*member)->label()},
                      {"likely_cause",
                       "its adverts do not arrive here: is VRRP (IP protocol 112) "
                       "filtered, or does the peer's file differ?"}});
}

}  // namespace engine
