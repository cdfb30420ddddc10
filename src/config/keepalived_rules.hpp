#pragma once

#include "config/keepalived_addresses.hpp"
#include "config/keepalived_globals.hpp"
#include "config/keepalived_trailer.hpp"
#include "config/placed.hpp"
#include "config/report.hpp"
#include "config/router_reading.hpp"

#include <optional>
#include <string>
#include <vector>

namespace config {

/// What a block vrrp_instance says, before it meets what global_defs say, and keepalived's rules
/// for what goes together.
struct KeepalivedSayings {
    RouterReading reading;  ///< without the addresses
    KeepalivedAddresses addresses;
    KeepalivedAddresses excluded;     ///< from the adverts
    bool has_addresses = false;       ///< there is a virtual_ipaddress
    bool means_no_addresses = false;  ///< it says that there is none
    std::optional<Placed<std::string>> state;
    bool is_initial_master = false;
    bool has_priority = false;
    std::optional<Placed<vrrp::Version>> version;
    std::optional<Placed<vrrp::Duration>> interval;
    std::optional<Placed<bool>> strict;
    std::optional<Placed<bool>> accept;
    std::optional<Placed<int>> down_adverts;
    std::optional<bool> checksum_as_v2;
    std::optional<Place> nopreempt_place;
    std::optional<Place> unicast_place;
    std::optional<KeepalivedTrailer> trailer;
};

/// The router that an instance means. What has no effect in keepalived has none here, and is told.
[[nodiscard]] RouterDraft apply_keepalived_rules(KeepalivedSayings sayings,
                                                 const KeepalivedGlobals& globals, Report& report);

}  // namespace config
