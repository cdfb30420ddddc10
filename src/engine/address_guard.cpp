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
    ours_.clear();
    for (const vrrp::VirtualAddress& ours : addresses_) {
        const net::LinkAddress* const there = find_on(link, ours);
        if (there != nullptr && there->protocol != net::our_address_protocol) {
            found.foreign.push_back(ours);
            continue;
        }
        found.has_left_overs |= there != nullptr;
        ours_.push_back(ours);
    }
    return found;
}

bool AddressGuard::has_lost(const net::Link& link) {
    const bool all_there = std::ranges::all_of(
        addresses_,
        [&link](const vrrp::VirtualAddress& ours) { return find_on(link, ours) != nullptr; });
    return std::exchange(has_seen_all_, all_there) && !all_there;
}

}  // namespace engine
