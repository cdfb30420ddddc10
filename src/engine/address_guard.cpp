#include "engine/address_guard.hpp"

#include <algorithm>

namespace engine {

namespace {

const net::LinkAddress* find_on(const net::Link& link, const vrrp::VirtualAddress& ours) {
    const auto found = std::ranges::find(link.addresses, ours.address, &net::LinkAddress::address);
    return found == link.addresses.end() ? nullptr : &*found;
}

}  // namespace

AddressGuard::Found AddressGuard::meet(const net::Link& link) {
    Found found;
    for (const vrrp::VirtualAddress& ours : addresses_) {
        const net::LinkAddress* const there = find_on(link, ours);
        if (there == nullptr) {
            continue;
        }
        if (there->protocol == net::our_address_protocol) {
            found.has_left_overs = true;
        } else {
            found.foreign.push_back(ours);
        }
    }
    foreign_ = found.foreign;
    return found;
}

std::vector<vrrp::VirtualAddress> AddressGuard::without_foreign() const {
    std::vector<vrrp::VirtualAddress> rest = addresses_;
    std::erase_if(rest, [this](const vrrp::VirtualAddress& address) {
        return std::ranges::find(foreign_, address) != foreign_.end();
    });
    return rest;
}

bool AddressGuard::has_lost(const net::Link& link) {
    const bool all_there = std::ranges::all_of(
        addresses_,
        [&link](const vrrp::VirtualAddress& ours) { return find_on(link, ours) != nullptr; });
    return std::exchange(has_seen_all_, all_there) && !all_there;
}

}  // namespace engine
