#include "net/address_watch.hpp"

#include "net/link_message.hpp"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <utility>
#include <variant>

namespace net {

namespace {

KernelTopic topic(const vrrp::IpAddress& address) {
    const bool is_ipv4 = address.family() == vrrp::Family::ipv4;
    ifaddrmsg request{};
    request.ifa_family = is_ipv4 ? AF_INET : AF_INET6;
    std::vector<std::byte> wish(sizeof request);
    std::memcpy(wish.data(), &request, sizeof request);
    return {.name = "addresses",
            .groups = {is_ipv4 ? RTNLGRP_IPV4_IFADDR : RTNLGRP_IPV6_IFADDR},
            .filter = address_notice_filter(address),
            .request = RTM_GETADDR,
            .wish = std::move(wish)};
}

}  // namespace

AddressWatch::AddressWatch(const vrrp::IpAddress& address, os::Loop& loop, OnChange on_change)
    : address_(address),
      on_change_(std::move(on_change)),
      follower_(topic(address), listener(), loop) {}

KernelListener AddressWatch::listener() {
    return {.on_begin = [this] { dumped_.clear(); },
            .on_dumped = [this](nlmsghdr& message) { (void)apply(message, dumped_); },
            .on_end =
                [this](vrrp::Instant /*now*/) {
                    places_ = std::exchange(dumped_, {});
                    is_known_ = true;
                },
            .on_notice = [this](nlmsghdr& message) { return apply(message, places_); },
            .on_done =
                [this](vrrp::Instant now) {
                    if (is_known_ && (!std::exchange(is_told_, true) || told_ != places_)) {
                        told_ = places_;
                        on_change_(now);
                    }
                }};
}

NoticeEffect AddressWatch::apply(nlmsghdr& message, Places& places) const {
    const auto decoded = decode_link_message(message);
    if (!decoded) {
        return NoticeEffect::none;
    }
    if (const auto* const seen = std::get_if<AddressSeen>(&*decoded);
        seen != nullptr && seen->address.address == address_) {
        const auto [place, is_new] = places.try_emplace(seen->link_index, seen->address);
        const bool is_same = std::exchange(place->second, seen->address) == seen->address;
        return is_new || !is_same ? NoticeEffect::taken : NoticeEffect::none;
    }
    // Of two with different prefix lengths on one link the other one is left: a dump tells.
    if (const auto* const gone = std::get_if<AddressGone>(&*decoded);
        gone != nullptr && gone->address.address == address_) {
        const auto place = places.find(gone->link_index);
        if (place != places.end() && place->second.prefix_length == gone->address.prefix_length) {
            places.erase(place);
        }
        return NoticeEffect::taken;
    }
    return NoticeEffect::none;
}

std::string link_name(int index) {
    std::array<char, IF_NAMESIZE> name{};
    const char* const found = if_indextoname(static_cast<unsigned>(index), name.data());
    return found != nullptr ? found : "link " + std::to_string(index);
}

}  // namespace net
