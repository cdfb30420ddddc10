#pragma once

#include <cstdint>

#include "rehearse/host.hpp"

namespace rehearse {

/// A packet that the victim must refuse: like one that a peer of its configuration would send, but
/// wrong in one way. `kind` chooses the way and the priority.
[[nodiscard]] Packet forge(const HostPlan& victim, unsigned kind);

/// The packet in which a host of this plan sends the advertisement, to all or to one peer.
[[nodiscard]] Packet make_packet(const HostPlan& sender, const vrrp::Advertisement& advertisement,
                                 const vrrp::IpAddress& peer);

/// One byte of it is another now. Checksums of 16 bits always find that.
void corrupt(Packet& packet, std::uint64_t choice);

}  // namespace rehearse
