#pragma once

#include "auth/trailer_config.hpp"
#include "health/check_config.hpp"
#include "vrrp/address.hpp"
#include "vrrp/router_config.hpp"
#include "vrrp/time.hpp"

#include <chrono>
#include <compare>
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
    std::size_t file = 0;  ///< of those that were read, in their order; 0: the one asked for

    friend auto operator<=>(const Place&, const Place&) = default;
    friend bool operator==(const Place&, const Place&) = default;
};

/// Where parts of a check stand that may be wrong on one host and right on another.
struct CheckPlaces {
    Place probe;
    Place user;  ///< of a script that names one

    friend bool operator==(const CheckPlaces&, const CheckPlaces&) = default;
};

/// Where parts of a router stand that may be wrong on one host and right on another.
struct RouterPlaces {
    Place name;
    std::vector<Place> addresses;  ///< in the order of the router's

    friend bool operator==(const RouterPlaces&, const RouterPlaces&) = default;
};

/// A program that is to be run when a router or a group enters a state.
struct StateScript {
    std::vector<std::string> command;  ///< the first is the program's absolute path
    std::string user;                  ///< empty: understudy, else nobody
    std::string group;                 ///< empty: the user's own
    std::string key;                   ///< what the file calls it: "on_master"
    Place place;
    Place user_place;  ///< of the user, where the file names one

    /// Whether both run the same, wherever they stand.
    friend bool operator==(const StateScript& left, const StateScript& right) {
        return left.command == right.command && left.user == right.user &&
               left.group == right.group;
    }
};

/// Whom the states of a router or a group are told to.
struct StateScripts {
    std::optional<StateScript> master;
    std::optional<StateScript> backup;
    std::optional<StateScript> fault;
    std::optional<StateScript> stop;
    std::optional<StateScript> deleted;       ///< the file has it no more; instead of stop
    std::optional<StateScript> lower_master;  ///< a master hears another one of lower rank
    std::optional<StateScript> change;        ///< of all states, after these
    vrrp::Duration timeout = std::chrono::seconds(60);  ///< of each run
    bool tells_priority = false;  ///< also changes of the priority, to FIFOs alone

    friend bool operator==(const StateScripts&, const StateScripts&) = default;
};

/// Those that there are, in the order in which they are named above.
[[nodiscard]] std::vector<const StateScript*> scripts_of(const StateScripts& scripts);

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
    std::vector<std::string> other_hosts;  ///< whose they are, as the file names them
    std::string group;                     ///< routers of one group share their fate; empty: alone
    bool accepts_traffic = true;  ///< false: the addresses answer ARP and neighbour discovery only
    bool lease = true;            ///< the addresses end by themselves unless the daemon renews them
    vrrp::Duration start_delay{0};          ///< how long it only waits after the daemon's start
    std::optional<vrrp::IpAddress> source;  ///< speaks from this address, and waits for it
    std::uint8_t ttl = 255;                 ///< of unicast adverts
    std::optional<auth::TrailerConfig> trailer;  ///< adverts are signed and checked
    StateScripts scripts;  ///< of both families together, where the file's router has both
    /// In the order of the trailer's keys, where each is read from: "file:/path"; empty: the file
    /// tells the secret itself.
    std::vector<std::string> key_references;
};

/// A group of routers that the file names, with scripts of its own.
struct Group {
    std::string name;
    StateScripts scripts;

    friend bool operator==(const Group&, const Group&) = default;
};

/// A FIFO to which each change of a state is written as a line.
struct StateFifo {
    std::string path;
    std::string user;                   ///< who reads it; empty: whoever we are
    std::string group;                  ///< who may read it too; empty: nobody
    std::optional<StateScript> reader;  ///< is started with the path as its last argument

    friend bool operator==(const StateFifo&, const StateFifo&) = default;
};

/// What the file says of the daemon itself.
struct DaemonSettings {
    vrrp::Duration announce_interval{0};   ///< least time between two addresses' announcements on
                                           ///< one link
    std::optional<int> realtime_priority;  ///< 0: none; nullopt: what is usual
    std::optional<bool> lock_memory;       ///< nullopt: what is usual
    std::vector<StateFifo> state_fifos;
    bool tells_priorities = false;        ///< to these, of all routers
    bool tells_states_on_reload = false;  ///< to these, as they are

    friend bool operator==(const DaemonSettings&, const DaemonSettings&) = default;
};

/// The file as plain values: what this host is to do. Everything in it has been checked.
struct Config {
    /// Those that a router of this host uses, and those that they refer to, which come first.
    std::vector<health::CheckConfig> checks;
    std::vector<CheckPlaces> check_places;    ///< in the order of the checks
    std::vector<Router> routers;              ///< in the order of the file
    std::vector<RouterPlaces> router_places;  ///< in the order of the routers
    std::vector<Group> groups;                ///< those that the file names
    DaemonSettings daemon;
    std::vector<std::string> files;  ///< those that were read, as places count them
};

/// The names of the routers that use a check, by its name.
[[nodiscard]] std::map<std::string, std::vector<std::string>> users_of_checks(const Config& config);

}  // namespace config
