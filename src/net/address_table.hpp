#pragma once

#include "net/link.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "vrrp/address.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <vector>

namespace net {

/// The kernel's table of addresses, for putting ours in and taking them out: one request for all
/// addresses of an effect (for each 256 of them), IPv4 and IPv6 in any order. The kernel does the
/// work within the call; only the multicast group and the local route of an IPv6 address follow a
/// moment later.
class AddressTable {
public:
    [[nodiscard]] static std::expected<AddressTable, os::Error> open();

    /// Puts addresses on a link, marked as ours (IFA_PROTO 112, kernels from 5.18). One that is
    /// there already is a success. The error is the first refusal's; the others are tried all the
    /// same. An IPv6 address is usable without duplicate address detection, and one with prefix
    /// length 128 deprecated, so that the host doesn't choose it for its own connections.
    ///
    /// With a lease (at least 1 s) the kernel takes them away by itself when it ends, within a
    /// second after that (IFA_CACHEINFO); without one they stay.
    [[nodiscard]] std::expected<void, os::Error> install(
        const Link& link, std::span<const vrrp::VirtualAddress> addresses,
        std::optional<std::chrono::seconds> lease = std::nullopt);

    /// Begins the lease of addresses that are ours and on the link anew, or ends it, so that they
    /// stay. One that is not there is installed; a link that is gone is a success.
    [[nodiscard]] std::expected<void, os::Error> refresh(
        const Link& link, std::span<const vrrp::VirtualAddress> addresses,
        std::optional<std::chrono::seconds> lease);

    /// Takes addresses off a link. One that is not there, and a link that is gone, are successes.
    [[nodiscard]] std::expected<void, os::Error> remove(
        int link_index, std::span<const vrrp::VirtualAddress> addresses);

private:
    struct Request;

    AddressTable() = default;

    std::expected<void, os::Error> execute(const Request& request,
                                           std::span<const vrrp::VirtualAddress> addresses);
    std::expected<void, os::Error> execute_part(const Request& request,
                                                std::span<const vrrp::VirtualAddress> addresses);
    std::expected<void, os::Error> receive_answers(const Request& request,
                                                   std::span<const vrrp::VirtualAddress> addresses,
                                                   std::uint32_t first_sequence);

    os::Fd socket_;
    bool has_marks_ = keeps_marks();
    std::uint32_t sequence_ = 0;
    std::vector<std::byte> batch_;  ///< kept between calls, so that they allocate nothing
    std::vector<vrrp::VirtualAddress> others_;  ///< the same
};

}  // namespace net
