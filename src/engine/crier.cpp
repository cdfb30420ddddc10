#include "engine/crier.hpp"

#include "os/log.hpp"

#include <utility>

namespace engine {

std::expected<std::unique_ptr<Crier>, os::Error> Crier::open(os::Loop& loop,
                                                             vrrp::Duration interval) {
    auto announcer = net::Announcer::open();
    if (!announcer) {
        return std::unexpected(announcer.error());
    }
    return std::unique_ptr<Crier>(new Crier(std::move(*announcer), loop, interval));
}

Crier::Crier(net::Announcer announcer, os::Loop& loop, vrrp::Duration interval)
    : announcer_(std::move(announcer)), loop_(loop), interval_(interval) {}

std::expected<void, os::Error> Crier::announce(const net::Link& link,
                                               const vrrp::VirtualRouter& router,
                                               std::span<const vrrp::VirtualAddress> addresses,
                                               vrrp::Instant now) {
    if (!is_paced()) {
        return announcer_.announce(link, addresses);
    }
    auto line = line_of(link);
    if (!line) {
        return std::unexpected(line.error());
    }
    (*line)->link = link;
    (*line)->queue.add(router, addresses);
    return say_next(**line, now);
}

bool Crier::change_interval(vrrp::Duration interval) {
    if (std::exchange(interval_, interval) == interval) {
        return false;
    }
    lines_.clear();
    return true;
}

void Crier::silence(const vrrp::VirtualRouter& router) {
    for (auto& [index, line] : lines_) {
        line.queue.drop(router);
    }
}

std::expected<Crier::Line*, os::Error> Crier::line_of(const net::Link& link) {
    const auto [entry, is_new] = lines_.try_emplace(link.index, interval_);
    Line& line = entry->second;
    if (is_new) {
        // A link that had the name before is gone, or left by all routers.
        std::erase_if(lines_, [&link](const auto& other) {
            return other.first != link.index && other.second.link.name == link.name;
        });
        auto timer =
            loop_.timer(os::Urgency::links, [this, &line](vrrp::Instant now) { go_on(line, now); });
        if (!timer) {
            lines_.erase(entry);
            return std::unexpected(timer.error());
        }
        line.timer = std::move(*timer);
    }
    return &line;
}

std::expected<void, os::Error> Crier::say_next(Line& line, vrrp::Instant now) {
    std::expected<void, os::Error> said;
    if (const auto announcement = line.queue.next(now)) {
        said = announcer_.announce(line.link, announcement->address, announcement->form);
    }
    if (const auto deadline = line.queue.deadline()) {
        line.timer.arm(*deadline);
    }
    return said;
}

void Crier::go_on(Line& line, vrrp::Instant now) {
    const auto said = say_next(line, now);
    if (!std::exchange(line.is_failing, !said) && !said) {
        os::log::warning("an address is not announced",
                         {{"interface", line.link.name}, {"error", said.error().message()}});
    }
}

}  // namespace engine
