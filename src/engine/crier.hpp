#pragma once

#include "engine/announcement_queue.hpp"
#include "net/announcer.hpp"
#include "net/link.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/address.hpp"
#include "vrrp/time.hpp"
#include "vrrp/virtual_router.hpp"

#include <expected>
#include <map>
#include <memory>
#include <span>

namespace engine {

/// Tells the links where the addresses of their masters are: all at once, or each after the other
/// where there is to be a time between them. Pinned.
class Crier {
public:
    /// `interval` is the least time between two announcements on one link; 0: there is none.
    /// `loop` outlives the crier.
    [[nodiscard]] static std::expected<std::unique_ptr<Crier>, os::Error> open(
        os::Loop& loop, vrrp::Duration interval);

    Crier(const Crier&) = delete;
    Crier& operator=(const Crier&) = delete;

    /// Another time between announcements from now on; false where it is the one that there was.
    /// What waits is forgotten.
    bool change_interval(vrrp::Duration interval);

    /// Whether there is a time between announcements: then each router's are its own, and can be
    /// silenced.
    [[nodiscard]] bool is_paced() const { return interval_ > vrrp::Duration(0); }

    /// Announces a router's addresses, now or from now on. What can't be said later is told to the
    /// log: when it begins, for each link.
    [[nodiscard]] std::expected<void, os::Error> announce(
        const net::Link& link, const vrrp::VirtualRouter& router,
        std::span<const vrrp::VirtualAddress> addresses, vrrp::Instant now);

    /// The router's addresses are another's from now on: what waits is not said any more.
    void silence(const vrrp::VirtualRouter& router);

private:
    /// What waits for one link, as it was when it was announced on last.
    struct Line {
        explicit Line(vrrp::Duration interval) : queue(interval) {}

        net::Link link;
        AnnouncementQueue queue;
        os::Timer timer;
        bool is_failing = false;
    };

    Crier(net::Announcer announcer, os::Loop& loop, vrrp::Duration interval);
    [[nodiscard]] std::expected<Line*, os::Error> line_of(const net::Link& link);
    [[nodiscard]] std::expected<void, os::Error> say_next(Line& line, vrrp::Instant now);
    void go_on(Line& line, vrrp::Instant now);

    net::Announcer announcer_;
    os::Loop& loop_;
    vrrp::Duration interval_;
    std::map<int, Line> lines_;  ///< by the link's index
};

}  // namespace engine
