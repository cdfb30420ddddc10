#include "engine/address_guard.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace engine {

AddressGuard::AddressGuard(std::vector<vrrp::VirtualAddress> addresses, bool has_marks)
    : addresses_(std::move(addresses)),
      ours_(addresses_),
      sorted_(addresses_),
      has_marks_(has_marks) {
    std::ranges::sort(sorted_, {}, &vrrp::VirtualAddress::address);
}

AddressGuard::Found AddressGuard::meet(const net::Link& link) {
    const auto entries = find_on(link);
    Found found;
    ours_.clear();
    for (const vrrp::VirtualAddress& ours : addresses_) {
        const net::LinkAddress* const there = entries[place_of(ours.address)];
        if (there != nullptr && !net::is_ours(*there, has_marks_)) {
            found.foreign.push_back(ours);
            continue;
        }
        found.has_left_overs |= there != nullptr;
        ours_.push_back(ours);
    }
    return found;
}

void AddressGuard::change(std::vector<vrrp::VirtualAddress> addresses, const net::Link* link) {
    const std::vector<vrrp::VirtualAddress> before = std::exchange(addresses_, addresses);
    const std::vector<vrrp::VirtualAddress> ours_before = std::exchange(ours_, addresses);
    sorted_ = std::move(addresses);
    std::ranges::sort(sorted_, {}, &vrrp::VirtualAddress::address);
    has_seen_all_ = false;
    const auto entries =
        link != nullptr ? find_on(*link) : std::vector<const net::LinkAddress*>(sorted_.size());
    std::erase_if(ours_, [&](const vrrp::VirtualAddress& address) {
        if (std::ranges::find(before, address) != before.end()) {
            return std::ranges::find(ours_before, address) == ours_before.end();
        }
        const net::LinkAddress* const there = entries[place_of(address.address)];
        return there != nullptr && !net::is_ours(*there, has_marks_);
    });
}

bool AddressGuard::has_lost(const net::Link& link) {
    const auto entries = find_on(link);
    // Another may take away what it had put there, or put there what we had; without marks nobody
    // can tell.
    if (has_marks_) {
        ours_.clear();
        std::ranges::copy_if(addresses_, std::back_inserter(ours_), [&](const auto& ours) {
            const net::LinkAddress* const there = entries[place_of(ours.address)];
            return there == nullptr || net::is_ours(*there, true);
        });
    }
    const bool all_there = std::ranges::find(entries, nullptr) == entries.end();
    return std::exchange(has_seen_all_, all_there) && !all_there;
}

std::size_t AddressGuard::place_of(const vrrp::IpAddress& address) const {
    const auto found =
        std::ranges::lower_bound(sorted_, address, {}, &vrrp::VirtualAddress::address);
    const bool is_ours = found != sorted_.end() && found->address == address;
    return is_ours ? static_cast<std::size_t>(found - sorted_.begin()) : sorted_.size();
}

std::vector<const net::LinkAddress*> AddressGuard::find_on(const net::Link& link) const {
    std::vector<const net::LinkAddress*> entries(sorted_.size());
    for (const net::LinkAddress& entry : link.addresses) {
        const std::size_t place = place_of(entry.address);
        const bool is_the_same =
            place < entries.size() && (entry.address.family() == vrrp::Family::ipv6 ||
                                       entry.prefix_length == sorted_[place].prefix_length);
        if (is_the_same && entries[place] == nullptr) {
            entries[place] = &entry;
        }
    }
    return entries;
}

}  // namespace engine
