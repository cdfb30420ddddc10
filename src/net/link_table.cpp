#include "net/link_table.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace net {

namespace {

/// Whether what a message told was new.
template <typename Value>
bool update(Value& value, const std::optional<Value>& told) {
    if (!told || *told == value) {
        return false;
    }
    value = *told;
    return true;
}

bool is_ipv6(const LinkAddress& address) {
    return address.address.family() == vrrp::Family::ipv6;
}

/// The kernel knows an IPv4 address of a link by these three, an IPv6 address by itself.
bool is_same_entry(const LinkAddress& a, const LinkAddress& b) {
    return a.address == b.address &&
           (is_ipv6(a) || (a.prefix_length == b.prefix_length && a.other_end == b.other_end));
}

/// Where the kernel puts a new address. IPv4 (__inet_insert_ifa): a secondary one last, a primary
/// one behind the last primary one whose scope isn't wider. IPv6 (ipv6_link_dev_addr): before
/// the first one whose scope isn't wider.
std::vector<LinkAddress>::iterator place_for(const LinkAddress& address,
                                             std::vector<LinkAddress>& addresses) {
    const auto first_ipv6 = std::ranges::find_if(addresses, is_ipv6);
    const auto is_no_wider = [&](const LinkAddress& other) { return address.scope <= other.scope; };
    if (is_ipv6(address)) {
        return std::find_if(first_ipv6, addresses.end(), is_no_wider);
    }
    if (address.is_secondary) {
        return first_ipv6;
    }
    const auto is_before = [&](const LinkAddress& other) {
        return !other.is_secondary && is_no_wider(other);
    };
    return std::find_if(std::reverse_iterator(first_ipv6), addresses.rend(), is_before).base();
}

}  // namespace

LinkTable LinkTable::from_dump(std::span<const LinkMessage> messages) {
    LinkTable table;
    for (const LinkMessage& message : messages) {
        if (const auto* link = std::get_if<LinkSeen>(&message)) {
            table.apply_link(*link);
        } else if (const auto* seen = std::get_if<AddressSeen>(&message)) {
            if (Link* link_of_address = table.find(seen->link_index)) {
                link_of_address->addresses.push_back(seen->address);
            }
        }
    }
    return table;
}

TableChange LinkTable::apply(const LinkMessage& message) {
    if (const auto* seen = std::get_if<LinkSeen>(&message)) {
        return apply_link(*seen);
    }
    if (const auto* gone = std::get_if<LinkGone>(&message)) {
        return apply_link(*gone);
    }
    if (const auto* seen = std::get_if<AddressSeen>(&message)) {
        return apply_address(*seen);
    }
    return apply_address(std::get<AddressGone>(message));
}

TableChange LinkTable::apply_link(const LinkSeen& seen) {
    const auto [entry, is_new] = positions_.try_emplace(seen.index, links_.size());
    if (is_new) {
        links_.push_back(Link{.index = seen.index});
    }
    Link& link = links_[entry->second];
    if (seen.name && *seen.name != link.name) {
        forget_name(link);
    }
    bool is_changed = is_new;
    is_changed |= update(link.name, seen.name);
    is_changed |= update(link.is_up, std::optional(seen.is_up));
    is_changed |= update(link.is_enabled, std::optional(seen.is_enabled));
    is_changed |= update(link.mac, seen.mac);
    is_changed |= update(link.mtu, seen.mtu);
    // Said each time: while notifications that are older than the dump come in, two links can seem
    // to have one name, and the latest to claim it is right.
    indexes_by_name_.insert_or_assign(link.name, link.index);
    return is_changed ? TableChange::changed : TableChange::none;
}

TableChange LinkTable::apply_link(const LinkGone& gone) {
    const auto entry = positions_.find(gone.index);
    if (entry == positions_.end()) {
        return TableChange::none;
    }
    const std::size_t position = entry->second;
    forget_name(links_[position]);
    positions_.erase(entry);
    // The last link fills the gap, so that many deletions together aren't quadratic.
    if (position + 1 != links_.size()) {
        links_[position] = std::move(links_.back());
        positions_[links_[position].index] = position;
    }
    links_.pop_back();
    return TableChange::changed;
}

TableChange LinkTable::apply_address(const AddressSeen& seen) {
    Link* const link = find(seen.link_index);
    if (!link) {
        return TableChange::none;
    }
    const auto known = std::ranges::find_if(
        link->addresses, [&](const auto& other) { return is_same_entry(other, seen.address); });
    if (known == link->addresses.end()) {
        link->addresses.insert(place_for(seen.address, link->addresses), seen.address);
        return TableChange::changed;
    }
    if (*known == seen.address) {
        return TableChange::none;
    }
    // A secondary address was promoted, and moved to a place that depends on where the former
    // primary one was.
    if (known->is_secondary != seen.address.is_secondary) {
        return TableChange::order_lost;
    }
    *known = seen.address;
    return TableChange::changed;
}

TableChange LinkTable::apply_address(const AddressGone& gone) {
    Link* const link = find(gone.link_index);
    if (!link) {
        return TableChange::none;
    }
    const auto removed = std::erase_if(
        link->addresses, [&](const auto& other) { return is_same_entry(other, gone.address); });
    return removed > 0 ? TableChange::changed : TableChange::none;
}

const Link* LinkTable::find(std::string_view name) const {
    const auto entry = indexes_by_name_.find(name);
    return entry == indexes_by_name_.end() ? nullptr : &links_[positions_.at(entry->second)];
}

bool LinkTable::is_same(const LinkTable& other) const {
    const auto is_in_other = [&](const Link& link) {
        const auto entry = other.positions_.find(link.index);
        return entry != other.positions_.end() && other.links_[entry->second] == link;
    };
    return links_.size() == other.links_.size() && std::ranges::all_of(links_, is_in_other);
}

const Link* LinkTable::find(int index) const {
    const auto entry = positions_.find(index);
    return entry == positions_.end() ? nullptr : &links_[entry->second];
}

Link* LinkTable::find(int index) {
    return const_cast<Link*>(std::as_const(*this).find(index));
}

/// The name may belong to another link by now.
void LinkTable::forget_name(const Link& link) {
    const auto entry = indexes_by_name_.find(link.name);
    if (entry != indexes_by_name_.end() && entry->second == link.index) {
        indexes_by_name_.erase(entry);
    }
}

}  // namespace net
