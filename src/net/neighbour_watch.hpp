#pragma once

#include "net/claim.hpp"
#include "net/link.hpp"
#include "os/error.hpp"
#include "os/fd.hpp"
#include "vrrp/address.hpp"

#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace net {

/// Sees other stations of a link that claim addresses which are ours (RFC 5227 section 2.4): the
/// sign of two masters. A filter in the kernel keeps all other traffic away from us. Like the
/// VrrpSocket it belongs to the link's index, and it outlasts that the link goes down; when the
/// link's MAC address changes, the owner opens another.
class NeighbourWatch {
public:
    /// Watches nothing yet.
    [[nodiscard]] static std::expected<NeighbourWatch, os::Error> open(const Link& link);

    NeighbourWatch(NeighbourWatch&&) noexcept;
    NeighbourWatch& operator=(NeighbourWatch&&) noexcept;
    ~NeighbourWatch();

    /// For the loop: readable when claims wait.
    [[nodiscard]] int fd() const;

    /// From now on looks out for claims of these addresses and no others. Of more than 128 of one
    /// family the kernel no longer compares the addresses, and each ARP packet or neighbour
    /// advertisement wakes us. On a link without a MAC address there is nothing to see.
    [[nodiscard]] std::expected<void, os::Error> watch(
        std::span<const vrrp::VirtualAddress> addresses);

    using OnClaim = std::function<void(const Claim& claim)>;

    /// Takes what waits (a bounded number of packets) and hands out each claim of a watched address
    /// from a MAC that is not the link's own. Our own packets never are claims. `on_claim` neither
    /// destroys the watch nor changes what it watches.
    void receive(const OnClaim& on_claim);

private:
    struct Buffers;
    NeighbourWatch(const Link& link, os::Fd poll);

    std::expected<void, os::Error> listen(os::Fd& socket, vrrp::Family family);
    std::expected<os::Fd, os::Error> open_socket(vrrp::Family family);
    [[nodiscard]] bool is_watched(const vrrp::IpAddress& address) const;
    [[nodiscard]] os::Error error() const;

    Link link_;
    std::vector<vrrp::IpAddress> addresses_;  // sorted
    // One for each family that is watched, so that the kernel shows the filters nothing but ARP and
    // IPv6: traffic of other kinds costs nothing.
    os::Fd arp_;
    os::Fd ipv6_;
    os::Fd poll_;
    std::unique_ptr<Buffers> buffers_;
};

}  // namespace net
