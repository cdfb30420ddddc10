#pragma once

#include "vrrp/event.hpp"
#include "vrrp/virtual_router.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace vrrp {

/// What one member of a sync group must be told.
struct GroupOrder {
    std::size_t member = 0;
    Event event;
};

/// Keeps virtual routers together: all are masters or none is. Given the members as they stand,
/// this says which of them must be told what; nullopt when they agree. Ask again after each order.
///
/// - One that can't take part in the election (its link, its service, an address that can't be
///   installed) keeps all out of it.
/// - All take over together, when each would: while one of them hears a living master, none moves.
/// - When one gives way, all do.
///
/// The members are configured with is_grouped. Between equal priorities only the first member
/// compares addresses, as the order of one family's addresses may be the reverse of another's.
[[nodiscard]] std::optional<GroupOrder> next_order(std::span<const VirtualRouter* const> members);

}  // namespace vrrp
