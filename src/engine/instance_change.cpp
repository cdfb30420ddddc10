// What an instance does when the file is another one.
#include "engine/instance.hpp"

#include "config/label.hpp"
#include "config/sameness.hpp"
#include "os/log.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace engine {

namespace {

using Addresses = std::vector<vrrp::VirtualAddress>;

/// Those of the first list that the second one does not have.
Addresses missing_in(std::span<const vrrp::VirtualAddress> addresses,
                     std::span<const vrrp::VirtualAddress> others) {
    Addresses missing;
    std::ranges::copy_if(addresses, std::back_inserter(missing), [others](const auto& address) {
        return std::ranges::find(others, address) == others.end();
    });
    return missing;
}

}  // namespace

bool Instance::is_like(const config::Router& router,
                       std::optional<std::chrono::seconds> lease) const {
    return lease_ == lease && means_same(settings_, router);
}

Addresses Instance::added_by(const Makeover& next) const {
    // With accept turned off the others are no longer to accept anything either.
    const bool blocks_all = settings_.accepts_traffic && !next.router.accepts_traffic;
    return blocks_all ? next.router.addresses
                      : missing_in(next.router.addresses, settings_.addresses);
}

std::expected<void, os::Error> Instance::try_addresses(const Makeover& next, vrrp::Instant now) {
    const Addresses added = added_by(next);
    if (!is_serving() || added.empty()) {
        return {};
    }
    Subject subject = this->subject(now);
    subject.addresses = added;
    subject.lease = next.lease;
    subject.accepts_traffic = next.router.accepts_traffic || is_owner();
    auto installed = executor_.install(subject);
    if (!installed) {
        give_addresses_back(next, now);
    }
    return installed;
}

void Instance::give_addresses_back(const Makeover& next, vrrp::Instant now) {
    const Addresses added = added_by(next);
    if (!is_serving() || added.empty()) {
        return;
    }
    // What was there before stays: ours, and what another had put there.
    Addresses ours = missing_in(added, settings_.addresses);
    std::erase_if(ours, [&link = segment_.link()](const vrrp::VirtualAddress& address) {
        return link && std::ranges::any_of(link->addresses, [&address](const auto& there) {
                   const bool is_same = there.prefix_length == address.prefix_length ||
                                        address.address.family() == vrrp::Family::ipv6;
                   return there.address == address.address && is_same;
               });
    });
    Subject subject = this->subject(now);
    subject.addresses = added;
    subject.removable = ours;
    subject.accepts_traffic = next.router.accepts_traffic || is_owner();
    if (const auto done = executor_.execute(vrrp::RemoveAddresses{}, subject); !done) {
        os::log::error("can't take back addresses that were tried",
                       {{"router", label_}, {"error", done.error().message()}});
    }
}

/// What it has served until now, and does not any more.
void Instance::remove_former(const config::Router& next, std::span<const vrrp::VirtualAddress> kept,
                             vrrp::Instant now) {
    const Addresses former = missing_in(settings_.addresses, next.addresses);
    if (former.empty() || !is_serving()) {
        return;
    }
    Addresses removable = missing_in(former, kept);
    removable = missing_in(removable, missing_in(settings_.addresses, guard_.ours()));
    Subject subject = this->subject(now);
    subject.addresses = former;
    subject.removable = removable;
    if (const auto done = executor_.execute(vrrp::RemoveAddresses{}, subject); !done) {
        os::log::error("can't remove addresses that the file has no more",
                       {{"router", label_}, {"error", done.error().message()}});
    }
}

void Instance::become(Makeover next, std::span<const vrrp::VirtualAddress> kept,
                      vrrp::Instant now) {
    remove_former(next.router, kept, now);
    if (next.router.accepts_traffic && !settings_.accepts_traffic && is_serving()) {
        if (const auto done = executor_.unblock(next.router.addresses); !done) {
            herald_.tell(done.error(), 0, now);
        }
    }
    const bool has_other_addresses = settings_.addresses != next.router.addresses;
    // The router itself knows those alone that adverts carry, without their prefixes.
    const bool is_told = settings_.protocol.addresses != next.router.protocol.addresses;
    settings_ = std::move(next.router);
    lease_ = next.lease;
    label_ = label_of(settings_);
    herald_.rename(label_);
    next.carrier.succeed(carrier_);
    carrier_ = std::move(next.carrier);
    fitness_ = std::move(next.fitness);
    if (has_other_addresses) {
        const auto& link = segment_.link();
        guard_.change(settings_.addresses, link ? &*link : nullptr);
        removable_ = settings_.addresses;
    }
    trigger_ = "the file has changed";
    deliver(vrrp::Reconfigured{settings_.protocol}, now);
    if (has_other_addresses && !is_told) {
        deliver(vrrp::AddressesLost{}, now);
    }
    trigger_ = "the file has changed";
    take_priority(now);
    take_link(now);
}

void Instance::retire(vrrp::Instant now) {
    fitness_ = Fitness(settings_.protocol.priority, settings_.protocol.last_resort, {});
    stop(now);
}

void Instance::retire_at_once(vrrp::Instant now) {
    fitness_ = Fitness(settings_.protocol.priority, settings_.protocol.last_resort, {});
    trigger_ = "the file has changed";
    stop(now);
    deliver(vrrp::PriorityChanged{0}, now);
    // The second farewell needs nobody who waits for its time.
    while (const auto deadline = router_.deadline()) {
        deliver(vrrp::TimerExpired{}, *deadline);
    }
}

void Instance::join(bool in_office, vrrp::Instant now) {
    has_joined_ = true;
    take_link(now);
    has_left_overs_ = false;
    start_with(in_office ? company_of(settings_) + " is in office" : "", now);
}

}  // namespace engine
