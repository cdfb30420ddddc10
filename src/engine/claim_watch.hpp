#pragma once

#include "net/claim.hpp"
#include "net/link.hpp"
#include "net/neighbour_watch.hpp"
#include "os/loop.hpp"
#include "vrrp/address.hpp"
#include "vrrp/time.hpp"

#include <functional>
#include <optional>
#include <span>

namespace engine {

/// Looks out on one link for other stations that claim our addresses. Pinned.
class ClaimWatch {
public:
    using OnClaim = std::move_only_function<void(const net::Claim& claim, vrrp::Instant now)>;

    /// `loop` outlives the watch.
    ClaimWatch(os::Loop& loop, OnClaim on_claim);
    ClaimWatch(const ClaimWatch&) = delete;
    ClaimWatch& operator=(const ClaimWatch&) = delete;

    /// Looks out on this link from now on, nullptr: nowhere. What can't be watched is told and
    /// left: the election works without.
    void update(const net::Link* link, std::span<const vrrp::VirtualAddress> addresses);

    /// Looks out for these addresses from now on, on the link that it had.
    void watch(std::span<const vrrp::VirtualAddress> addresses);

private:
    os::Loop& loop_;
    OnClaim on_claim_;
    int link_index_ = 0;
    net::MacAddress mac_{};
    std::optional<net::NeighbourWatch> watch_;
    os::Source readable_;
};

}  // namespace engine
