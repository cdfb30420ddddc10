#pragma once

#include <netinet/in.h>

#include <cassert>
#include <cstring>
#include <span>

#include "vrrp/address.hpp"

namespace net {

/// An address as the kernel takes it: Address is in_addr or in6_addr, and of the same family.
template <typename Address>
[[nodiscard]] Address to_kernel(const vrrp::IpAddress& address) {
    Address result{};
    assert(address.bytes().size() == sizeof result);
    std::memcpy(&result, address.bytes().data(), sizeof result);
    return result;
}

/// An address as the kernel gives it.
[[nodiscard]] inline vrrp::IpAddress from_kernel(const in6_addr& address) {
    return vrrp::IpAddress::from_bytes(vrrp::Family::ipv6, std::as_bytes(std::span(&address, 1)));
}

}  // namespace net
