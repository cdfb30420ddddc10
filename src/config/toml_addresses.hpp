#pragma once

#include "config/placed.hpp"
#include "config/toml_section.hpp"
#include "vrrp/address.hpp"
#include "vrrp/router_config.hpp"

#include <string_view>
#include <vector>

namespace config {

/// Reads the key addresses, which may be an empty list. Entries that are wrong are reported and
/// left out, here and below.
[[nodiscard]] std::vector<Placed<vrrp::VirtualAddress>> read_toml_addresses(TomlSection& section,
                                                                            Report& report);

/// Reads the key unadvertised_addresses.
[[nodiscard]] std::vector<Placed<vrrp::VirtualAddress>> read_toml_unadvertised_addresses(
    TomlSection& section, Report& report);

/// Reads the key unicast: peers by their addresses, or as tables with what goes with each.
[[nodiscard]] std::vector<Placed<vrrp::UnicastPeer>> read_toml_peers(TomlSection& section,
                                                                     std::string_view host,
                                                                     Report& report);

/// Reads the key source: one address, or a list of them.
[[nodiscard]] std::vector<Placed<vrrp::IpAddress>> read_toml_sources(TomlSection& section,
                                                                     Report& report);

}  // namespace config
