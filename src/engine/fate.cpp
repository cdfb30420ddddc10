#include "engine/fate.hpp"

#include "engine/instance.hpp"
#include "vrrp/sync_group.hpp"

namespace engine {

void Fate::join(Instance& instance) {
    members_.push_back(&instance);
    routers_.push_back(&instance.router());
}

void Fate::settle(vrrp::Instant now) {
    while (const auto order = vrrp::next_order(routers_)) {
        members_[order->member]->obey(order->event, now);
    }
}

}  // namespace engine
