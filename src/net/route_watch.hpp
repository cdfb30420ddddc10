#pragma once

#include "net/kernel_follower.hpp"
#include "net/route_message.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/address.hpp"
#include "vrrp/time.hpp"

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <vector>

namespace net {

/// What notices and dumps have told of the routes to one network in one table.
class RouteTable {
public:
    RouteTable(const vrrp::VirtualAddress& network, std::uint32_t table)
        : network_(network), table_(table) {}

    /// Follows a message; whether it was about such a route.
    bool apply(const RouteMessage& message);

    /// The ways to the network, of all its routes.
    [[nodiscard]] const std::vector<RouteHop>& hops() const { return hops_; }

private:
    vrrp::VirtualAddress network_;
    std::uint32_t table_;
    std::vector<RouteHop> hops_;
};

/// The routes to exactly one network in one table of the kernel, kept true by its notices. Others,
/// be they a million, cost the time to read them once, in pieces, and again after a change. Pinned.
class RouteWatch {
public:
    using OnChange = std::move_only_function<void(vrrp::Instant now)>;

    /// `loop` outlives the watch, and `on_change` does not destroy it.
    RouteWatch(const vrrp::VirtualAddress& network, std::uint32_t table, os::Loop& loop,
               OnChange on_change);

    /// Begins to watch; `on_change` is called when the routes are known, and when they are others.
    [[nodiscard]] std::expected<void, os::Error> start() { return follower_.start(); }

    [[nodiscard]] bool is_known() const { return is_known_; }
    [[nodiscard]] const std::vector<RouteHop>& hops() const { return table_.hops(); }

private:
    [[nodiscard]] KernelListener listener();
    [[nodiscard]] NoticeEffect take_notice(nlmsghdr& message);
    [[nodiscard]] bool is_on_the_way(int link_index) const;
    void finish(vrrp::Instant now);

    RouteTable table_;
    RouteTable dumped_;
    RouteTable empty_;
    OnChange on_change_;
    bool is_known_ = false;
    bool has_changed_ = false;
    std::map<int, unsigned> link_flags_;  ///< of links that are on the way, as last told
    KernelFollower follower_;
};

}  // namespace net
