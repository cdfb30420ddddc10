#include "auth/replay_table.hpp"

#include <algorithm>
#include <cassert>

namespace auth {

ReplayTable::ReplayTable(std::size_t places) : capacity_(places) {
    assert(places > 0);
    places_.reserve(places);
}

std::optional<Sequence> ReplayTable::last(const vrrp::IpAddress& sender) const {
    const auto place = std::ranges::find(places_, sender, &Place::sender);
    return place != places_.end() ? std::optional(place->sequence) : std::nullopt;
}

void ReplayTable::accept(const vrrp::IpAddress& sender, std::optional<Sequence> seen,
                         Sequence sequence) {
    ++turn_;
    const auto place = std::ranges::find(places_, sender, &Place::sender);
    if (place != places_.end()) {
        if (seen == place->sequence || is_after(sequence, place->sequence)) {
            place->sequence = sequence;
        }
        place->used = turn_;
    } else if (places_.size() < capacity_) {
        places_.push_back({sender, sequence, turn_});
    } else {
        *std::ranges::min_element(places_, {}, &Place::used) = {sender, sequence, turn_};
    }
}

void ReplayTable::adopt(const ReplayTable& other) {
    auto known = other.places_;
    std::ranges::sort(known, {}, &Place::used);
    for (const Place& place : known) {
        accept(place.sender, std::nullopt, place.sequence);
    }
}

}  // namespace auth
