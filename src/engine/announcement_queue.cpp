#include "engine/announcement_queue.hpp"

#include <cassert>

namespace engine {

AnnouncementQueue::AnnouncementQueue(vrrp::Duration gap) : gap_(gap) {
    assert(gap > vrrp::Duration(0));
}

void AnnouncementQueue::add(const vrrp::VirtualRouter& router,
                            std::span<const vrrp::VirtualAddress> addresses) {
    for (const vrrp::VirtualAddress& address : addresses) {
        push({&router, address.address, net::ArpForm::request});
        if (address.address.family() == vrrp::Family::ipv4) {
            push({&router, address.address, net::ArpForm::reply});
        }
    }
}

void AnnouncementQueue::push(const Announcement& announcement) {
    if (waiting_.insert(announcement).second) {
        auto& queue = announcement.form == net::ArpForm::request ? first_ : repeated_;
        queue.push_back(announcement);
    }
}

void AnnouncementQueue::drop(const vrrp::VirtualRouter& router) {
    const auto is_of_router = [&router](const Announcement& waiting) {
        return waiting.router == &router;
    };
    std::erase_if(first_, is_of_router);
    std::erase_if(repeated_, is_of_router);
    std::erase_if(waiting_, is_of_router);
}

std::optional<Announcement> AnnouncementQueue::next(vrrp::Instant now) {
    if (waiting_.empty() || now < free_at_) {
        return std::nullopt;
    }
    auto& queue = first_.empty() ? repeated_ : first_;
    const Announcement announcement = queue.front();
    queue.pop_front();
    waiting_.erase(announcement);
    free_at_ = now + gap_;
    return announcement;
}

std::optional<vrrp::Instant> AnnouncementQueue::deadline() const {
    return waiting_.empty() ? std::nullopt : std::optional(free_at_);
}

}  // namespace engine
