#pragma once

#include "health/check_config.hpp"
#include "vrrp/address.hpp"
#include "vrrp/router_config.hpp"

#include <cstddef>
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

/// One virtual router of the file, and what belongs to it on this host.
struct Router {
    std::string name;
    std::string interface;
    Place interface_place;
    vrrp::RouterConfig protocol;  ///< its addresses are those of `addresses`, in the same order
    std::vector<vrrp::VirtualAddress> addresses;
    std::vector<std::string> checks;  ///< names of checks
};

/// The file as plain values: what this host is to do. Everything in it has been checked.
struct Config {
    std::vector<health::CheckConfig> checks;  ///< those that a router of this host uses
    std::vector<CheckPlaces> check_places;    ///< in the order of the checks
    std::vector<Router> routers;              ///< in the order of the file
};

}  // namespace config
