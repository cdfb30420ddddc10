#pragma once

#include "config/draft.hpp"
#include "config/placed.hpp"
#include "config/report.hpp"
#include "vrrp/address.hpp"
#include "vrrp/router_config.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace config {

/// One router as a file tells of it: its values, and the places of those that must go together.
struct RouterReading {
    RouterDraft draft;  ///< all but the addresses, the peers and the source
    std::vector<Placed<vrrp::VirtualAddress>> addresses;  ///< of one family or of both
    std::vector<Placed<vrrp::VirtualAddress>> unadvertised;
    bool is_unicast = false;  ///< it names peers, be they right or wrong
    std::vector<Placed<vrrp::UnicastPeer>> peers;
    std::vector<Placed<vrrp::IpAddress>> sources;
    std::optional<Place> password_place;
    std::optional<Place> checksum_place;
    std::optional<Place> trailer_place;
    std::optional<Place> preempt_delay_place;
    std::optional<Place> ttl_place;
    std::optional<Place> strangers_place;

    /// Whether its adverts are of this family: those without addresses are of IPv4.
    [[nodiscard]] bool has(vrrp::Family family) const;
};

/// What the things of a router are called in one of the two formats.
struct RouterWords {
    std::string_view addresses;
    std::string_view unadvertised;
    std::string_view peers;
    std::string_view source;
    std::string_view password;
    std::string_view trailer;
    std::string_view trailer_advice;  ///< how to sign adverts
    std::string_view checksum;
    std::string_view preempt_delay;
    std::string_view no_preempt;
    std::string_view ttl;
    std::string_view strangers;
    std::string_view version_3;  ///< as a line of the file
};

/// The version that a router speaks: the one that it says, which can't be 2 with IPv6; else 3 with
/// IPv6, and `usual` without.
[[nodiscard]] vrrp::Version version_of(const RouterReading& reading,
                                       const std::optional<Placed<vrrp::Version>>& said,
                                       vrrp::Version usual, const RouterWords& words,
                                       Report& report);

/// Checks that the values of a router go together, and makes one draft of each family that its
/// adverts carry, IPv4 first: two share a group. Where there is one, it has all addresses that are
/// not advertised, of whatever family.
[[nodiscard]] std::vector<RouterDraft> settle(const RouterReading& reading,
                                              const RouterWords& words, Report& report);

}  // namespace config
