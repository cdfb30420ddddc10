#pragma once

#include <span>

#include "rehearse/host.hpp"

namespace rehearse {

/// A packet that the victim must refuse: like one that a peer of its configuration would send, but
/// wrong in one way. `kind` chooses the way and the priority.
[[nodiscard]] Packet forge(const HostPlan& victim, unsigned kind);

/// The packet in which a host of this plan sends the advertisement.
[[nodiscard]] Packet make_packet(const HostPlan& sender, const vrrp::Advertisement& advertisement);

}  // namespace rehearse
