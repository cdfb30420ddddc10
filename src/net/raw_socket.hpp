#pragma once

#include "net/link.hpp"
#include "net/socket_filter.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "vrrp/address.hpp"

#include <cstdint>
#include <expected>

namespace net {

/// Where routers tell each other of themselves: 224.0.0.18 or ff02::12 (RFC 9568 sections 5.1.1.2
/// and 5.1.2.2).
[[nodiscard]] constexpr vrrp::IpAddress vrrp_group(vrrp::Family family) {
    return family == vrrp::Family::ipv4 ? vrrp::IpAddress(224, 0, 0, 18)
                                        : vrrp::IpAddress({0xff02, 0, 0, 0, 0, 0, 0, 0x12});
}

/// The IP protocol number (of IPv6: next header) of packets of that form.
[[nodiscard]] std::uint8_t protocol_of(PacketForm form);

/// Opens a raw socket for packets of that form on one link, as VrrpSocket describes it: not
/// blocking, and with packets of all router ids passing.
[[nodiscard]] std::expected<os::Fd, os::Error> open_raw_socket(const Link& link, PacketForm form);

}  // namespace net
