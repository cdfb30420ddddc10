#include "engine/claim_watch.hpp"

#include "os/log.hpp"

#include <sys/epoll.h>

#include <cstdint>
#include <utility>

namespace engine {

ClaimWatch::ClaimWatch(os::Loop& loop, OnClaim on_claim)
    : loop_(loop), on_claim_(std::move(on_claim)) {}

void ClaimWatch::update(const net::Link* link, std::span<const vrrp::VirtualAddress> addresses) {
    const int index = link != nullptr ? link->index : 0;
    const net::MacAddress mac = link != nullptr ? link->mac : net::MacAddress{};
    if (index == link_index_ && mac == mac_) {
        return;
    }
    link_index_ = index;
    mac_ = mac;
    readable_ = os::Source();
    watch_.reset();
    if (link == nullptr) {
        return;
    }
    auto watch = net::NeighbourWatch::open(*link);
    auto watched = watch ? watch->watch(addresses) : std::unexpected(watch.error());
    auto readable = watched ? loop_.watch(watch->fd(), EPOLLIN, os::Urgency::links,
                                          [this](std::uint32_t /*events*/, vrrp::Instant now) {
                                              watch_->receive([this, now](const net::Claim& claim) {
                                                  on_claim_(claim, now);
                                              });
                                          })
                            : std::unexpected(watched.error());
    if (!readable) {
        os::log::warning("can't see who else claims our addresses",
                         {{"interface", link->name}, {"error", readable.error().message()}});
        return;
    }
    watch_ = std::move(*watch);
    readable_ = std::move(*readable);
}

void ClaimWatch::watch(std::span<const vrrp::VirtualAddress> addresses) {
    if (!watch_) {
        return;
    }
    if (const auto watched = watch_->watch(addresses); !watched) {
        os::log::warning("can't see who else claims our addresses",
                         {{"error", watched.error().message()}});
    }
}

}  // namespace engine
