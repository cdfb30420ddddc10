#pragma once

#include "net/announcement.hpp"
#include "vrrp/address.hpp"
#include "vrrp/time.hpp"
#include "vrrp/virtual_router.hpp"

#include <deque>
#include <optional>
#include <set>
#include <span>

namespace engine {

/// One thing to say on a link: an address of a router is here. IPv6 knows one form only.
struct Announcement {
    const vrrp::VirtualRouter* router = nullptr;  ///< whose; only compared
    vrrp::IpAddress address;
    net::ArpForm form = net::ArpForm::request;

    friend auto operator<=>(const Announcement&, const Announcement&) = default;
};

/// What waits to be announced on one link, with a least time between two announcements: a switch
/// that learns a thousand addresses at once may drop some. Each address has its turn once before
/// any is repeated in the other form. What waits already is not queued twice, so the queue never
/// has more than two entries for each address of a master.
class AnnouncementQueue {
public:
    /// `gap` is above 0.
    explicit AnnouncementQueue(vrrp::Duration gap);

    /// Queues both forms of a router's IPv4 addresses, the one of its IPv6 addresses. Those that
    /// wait since an earlier call keep their place: none starves, however often it is asked for.
    void add(const vrrp::VirtualRouter& router, std::span<const vrrp::VirtualAddress> addresses);

    /// Forgets what waits of a router, which has the addresses no more.
    void drop(const vrrp::VirtualRouter& router);

    /// What must be said now; nullopt while there is nothing, or the gap has not passed.
    [[nodiscard]] std::optional<Announcement> next(vrrp::Instant now);

    /// When to ask next() again; nullopt while nothing waits.
    [[nodiscard]] std::optional<vrrp::Instant> deadline() const;

private:
    void push(const Announcement& announcement);

    vrrp::Duration gap_;
    vrrp::Instant free_at_;              ///< when the next may go
    std::deque<Announcement> first_;     ///< addresses that have not been told
    std::deque<Announcement> repeated_;  ///< the other form of them
    std::set<Announcement> waiting_;     ///< all of both
};

}  // namespace engine
