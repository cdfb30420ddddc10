#pragma once

#include "vrrp/address.hpp"
#include "vrrp/advertisement.hpp"
#include "vrrp/time.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace vrrp {

/// The priority of a router that owns the addresses; it always wins (RFC 9568 section 5.2.4).
inline constexpr std::uint8_t owner_priority = 255;

/// What an unfit router of last resort says.
inline constexpr std::uint8_t last_resort_priority = 1;

/// Another router that is spoken to by unicast.
struct UnicastPeer {
    IpAddress address;
    std::uint8_t min_ttl = 0;    ///< refuse its packets with a lower TTL or hop limit
    std::uint8_t max_ttl = 255;  ///< or with a higher one

    friend bool operator==(const UnicastPeer&, const UnicastPeer&) = default;
};

/// What one virtual router is to do; must be equal on all routers but for the priority.
struct RouterConfig {
    std::uint8_t virtual_router_id = 0;  ///< 1 to 255
    Version version = Version::v2;       ///< IPv6: v3
    std::uint8_t priority = 100;         ///< 1 to 255, 255 = owner of the addresses
    Centiseconds interval{100};          ///< version 2: whole seconds, 1 to 255; 3: 1 to 4095
    int down_adverts = 3;                ///< a master is silent when so many are missing; 1 to 100
    bool preempt = true;                 ///< take over from a master of lower priority
    Duration preempt_delay{0};           ///< but not before it has been fit for so long
    bool last_resort = false;            ///< priority 1 means unfit: nobody stays behind it
    bool strict = false;                 ///< the RFC's times and rules to the letter
    Duration refresh_each{0};            ///< renew the addresses' lease so often; 0: they have none

    std::optional<Password> password;    ///< version 2: the simple one, or the header's key
    bool authenticates_headers = false;  ///< with a password: an authentication header (RFC 2402)

    ChecksumForm checksum_form = ChecksumForm::pseudo_header;  ///< version 3 over IPv4: of our own
    bool follows_checksum_form = false;                        ///< send what the last master sent

    std::vector<UnicastPeer> peers;  ///< empty: multicast. Our own address may be among them
    bool hears_strangers = false;    ///< unicast: also routers that are no peers

    std::uint8_t rival_priority = 0;  ///< the highest of the other routers, 0 where unknown
    bool is_grouped = false;          ///< shares its fate with others: see sync_group.hpp
    bool breaks_ties = true;          ///< false: equal priorities are for the group's first member

    std::vector<IpAddress> addresses;  ///< 1 to 255, of one family; version 2: also none

    [[nodiscard]] Family family() const {
        return addresses.empty() ? Family::ipv4 : addresses.front().family();
    }
    [[nodiscard]] bool is_unicast() const { return !peers.empty(); }
    [[nodiscard]] AuthType auth_type() const {
        const AuthType with_password =
            authenticates_headers ? AuthType::authentication_header : AuthType::simple_password;
        return password ? with_password : AuthType::none;
    }

    friend bool operator==(const RouterConfig&, const RouterConfig&) = default;
};

}  // namespace vrrp
