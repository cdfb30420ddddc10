#pragma once

#include "auth/trailer_config.hpp"
#include "health/check_config.hpp"
#include "vrrp/address.hpp"
#include "vrrp/router_config.hpp"
#include "vrrp/time.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace config {

/// A place in a file, counted from 1; line 0 means the file as a whole.
struct Place {
    std::size_t line = 0;
    std::size_t column = 0;

    friend bool operator==(const Place&, const Place&) = default;
};

/// Where parts of a check stand that may be wrong on one host and right on another.
struct CheckPlaces {
    Place probe;
    Place user;  ///< of a script that names one

    friend bool operator==(const CheckPlaces&, const CheckPlaces&) = default;
};

/// One virtual router of the file, and what belongs to it on this host. One that has addresses of
/// both families in the file is two here, with one name and one group.
struct Router {
    std::string name;
    std::string interface;
    Place interface_place;
    vrrp::RouterConfig protocol;  ///< its addresses, of one family, are those that adverts carry
    /// All that the router moves: those that adverts carry first, in the same order, then those
    /// that they don't, which may be of the other family.
    std::vector<vrrp::VirtualAddress> addresses;
    std::vector<health::CheckUse> checks;  ///< what it must be fit for, each check once
    std::vector<Place> check_places;       ///< in the order of the checks
    std::vector<std::uint8_t> others;      ///< the other hosts' priorities, where they are known
    std::string group;                     ///< routers of one group share their fate; empty: alone
    bool accepts_traffic = true;  ///< false: the addresses answer ARP and neighbour discovery only
    bool lease = true;            ///< the addresses end by themselves unless the daemon renews them
    vrrp::Duration start_delay{0};          ///< how long it only waits after the daemon's start
    std::optional<vrrp::IpAddress> source;  ///< speaks from this address, and waits for it
    std::uint8_t ttl = 255;                 ///< of unicast adverts
    std::optional<auth::TrailerConfig> trailer;  ///< adverts are signed and checked

    friend bool operator==(const Router&, const Router&) = default;
};

/// What the file says of the daemon itself.
struct DaemonSettings {
    vrrp::Duration announce_interval{0};   ///< least time between two addresses' announcements on
                                           ///< one link
    std::optional<int> realtime_priority;  ///< 0: none; nullopt: what is usual
    std::optional<bool> lock_memory;       ///< nullopt: what is usual

    friend bool operator==(const DaemonSettings&, const DaemonSettings&) = default;
};

/// The file as plain values: what this host is to do. Everything in it has been checked.
struct Config {
    /// Those that a router of this host uses, and those that they refer to, which come first.
    std::vector<health::CheckConfig> checks;
    std::vector<CheckPlaces> check_places;  ///< in the order of the checks
    std::vector<Router> routers;            ///< in the order of the file
    DaemonSettings daemon;
};

/// Whether two routers differ in nothing but where they stand in their files.
[[nodiscard]] bool are_alike(const Router& one, const Router& other);

/// The names of the routers that use a check, by its name.
[[nodiscard]] std::map<std::string, std::vector<std::string>> users_of_checks(const Config& config);

}  // namespace config
