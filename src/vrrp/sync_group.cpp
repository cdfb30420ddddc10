#include "vrrp/sync_group.hpp"

#include <algorithm>

namespace vrrp {

std::optional<GroupOrder> next_order(std::span<const VirtualRouter* const> members) {
    const auto is_in = [](State state) {
        return [state](const VirtualRouter* member) { return member->state() == state; };
    };
    const auto find = [&members](auto&& condition) -> std::optional<std::size_t> {
        const auto found = std::ranges::find_if(members, condition);
        return found == members.end() ? std::nullopt
                                      : std::optional<std::size_t>(found - members.begin());
    };
    const bool must_hold = !std::ranges::all_of(
        members, [](const VirtualRouter* member) { return member->is_able(); });
    if (const auto member =
            find([must_hold](const VirtualRouter* each) { return each->is_held() != must_hold; })) {
        return GroupOrder{*member, Hold{must_hold}};
    }
    const bool has_master = std::ranges::any_of(members, is_in(State::master));
    const auto is_ready = [](const VirtualRouter* member) { return member->is_ready(); };
    if (has_master || std::ranges::all_of(members, is_ready)) {
        if (const auto member = find(is_ready)) {
            return GroupOrder{*member, TakeOver{}};
        }
    }
    if (has_master && std::ranges::any_of(members, is_in(State::backup))) {
        return GroupOrder{*find(is_in(State::master)), GiveWay{}};
    }
    return std::nullopt;
}

}  // namespace vrrp
