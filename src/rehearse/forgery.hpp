#pragma once

#include <span>

#include "rehearse/host.hpp"

namespace rehearse {

/// A packet that the victim must refuse: like one that a peer of its configuration would send, but
/// wrong in one way. `kind` chooses the way and the priority.
[[nodiscard]] Packet forge(const HostPlan& victim, unsigned kind);

/// The packet as a host of this plan sends it.
[[nodiscard]] Packet make_packet(const HostPlan& sender, const vrrp::AddressList& addresses,
                                 std::uint8_t priority);

}  // namespace rehearse
