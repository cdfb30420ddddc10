#pragma once

#include "vrrp/address.hpp"
#include "vrrp/advertisement.hpp"
#include "vrrp/time.hpp"

#include <cstdint>

namespace vrrp {

/// Another router of the same virtual router, as its last advert showed it; 0.0.0.0 where there is
/// none.
struct Peer {
    IpAddress address;
    std::uint8_t priority = 0;
    Centiseconds interval{100};
    ChecksumForm checksum_form = ChecksumForm::pseudo_header;
    Instant heard_at;
};

}  // namespace vrrp
