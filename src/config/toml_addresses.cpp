#include "config/toml_addresses.hpp"

#include "config/address_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace config {

namespace {

constexpr std::size_t max_peers = 255;

using Addresses = std::vector<Placed<vrrp::VirtualAddress>>;
using Peers = std::vector<Placed<vrrp::UnicastPeer>>;
using Sources = std::vector<Placed<vrrp::IpAddress>>;

/// How many an address list may have.
struct Count {
    std::size_t most;
    std::string expected;
    std::string_view advice;  ///< to who has too many
};

/// A list of both families, which has at most what the adverts of both can carry.
Count advertised_count() {
    const std::size_t ipv4 = max_addresses_of(vrrp::Family::ipv4, false);
    const std::size_t ipv6 = max_addresses_of(vrrp::Family::ipv6, false);
    return {.most = ipv4 + ipv6,
            .expected = fmt::format("at most {} of IPv4 and {} of IPv6", ipv4, ipv6),
            .advice = "put the others into unadvertised_addresses"};
}

Count unadvertised_count() {
    return {.most = max_unadvertised_addresses,
            .expected = fmt::format("at most {}", max_unadvertised_addresses),
            .advice = "give the others a router of their own"};
}

std::optional<Addresses> addresses_of(std::string_view key, const Count& count,
                                      const TomlNode& node, TomlSection& section, Report& report) {
    if (node.kind() != TomlKind::list) {
        report.error(node.place(), fmt::format("{} is {}, expected a list", key, node.kind_text()),
                     "write [\"192.0.2.1/24\"]");
        return std::nullopt;
    }
    const std::vector<TomlNode> items = node.items();
    if (items.size() > count.most) {
        report.error(
            node.place(),
            fmt::format("{} has {} entries, expected {}", key, items.size(), count.expected),
            count.advice);
        return std::nullopt;
    }
    Addresses addresses;
    for (const TomlNode& item : items) {
        const auto text = section.text_of("an address", item, "text such as \"192.0.2.1/24\"");
        if (!text) {
            continue;
        }
        const auto address = to_virtual_address(*text);
        if (!address) {
            report.error(item.place(), address.error());
            continue;
        }
        addresses.push_back({*address, item.place()});
    }
    return addresses;
}

Addresses read_list(const std::string& key, const Count& count, TomlSection& section,
                    Report& report) {
    const auto addresses = section.value(
        key, [&](const TomlNode& node) { return addresses_of(key, count, node, section, report); });
    return addresses.value_or(Addresses());
}

std::optional<vrrp::UnicastPeer> peer_in_table(const TomlNode& node, const std::string& title,
                                               std::string_view host, Report& report) {
    TomlSection section(TomlSectionKind::peer, title, node, host, report);
    section.require("address", "\"192.0.2.1\"");
    const auto address = section.converted("address", [](const std::string& text) {
        return to_host_address("unicast address", text);
    });
    vrrp::UnicastPeer peer;
    peer.min_ttl = static_cast<std::uint8_t>(
        section.number("min_ttl", heard_ttl_range).value_or(peer.min_ttl));
    peer.max_ttl = static_cast<std::uint8_t>(
        section.number("max_ttl", heard_ttl_range).value_or(peer.max_ttl));
    if (peer.min_ttl > peer.max_ttl) {
        report.error(section.place_of("min_ttl"),
                     fmt::format("min_ttl is {}, which is more than max_ttl, {}", peer.min_ttl,
                                 peer.max_ttl));
    }
    section.finish();
    if (!address) {
        return std::nullopt;
    }
    peer.address = *address;
    return peer;
}

std::optional<vrrp::UnicastPeer> peer_of(const TomlNode& node, TomlSection& section,
                                         std::string_view host, Report& report) {
    if (node.kind() == TomlKind::table) {
        return peer_in_table(node, fmt::format("a peer of {}", section.title()), host, report);
    }
    const auto text = section.text_of(
        "a peer", node,
        "text such as \"192.0.2.1\" or a table such as { address = \"192.0.2.1\" }");
    if (!text) {
        return std::nullopt;
    }
    const auto address = to_host_address("unicast address", *text);
    if (!address) {
        report.error(node.place(), address.error());
        return std::nullopt;
    }
    return vrrp::UnicastPeer{*address};
}

std::optional<Peers> peers_of(const TomlNode& node, TomlSection& section, std::string_view host,
                              Report& report) {
    if (node.kind() != TomlKind::list) {
        report.error(node.place(),
                     fmt::format("unicast is {}, expected a list of addresses", node.kind_text()),
                     "write the addresses of the other hosts: [\"192.0.2.1\", \"192.0.2.2\"]");
        return std::nullopt;
    }
    const std::vector<TomlNode> items = node.items();
    if (items.empty() || items.size() > max_peers) {
        report.error(
            node.place(),
            fmt::format("unicast has {} entries, expected 1 to {}", items.size(), max_peers),
            items.empty() ? "leave it out to speak by multicast" : "");
        return std::nullopt;
    }
    Peers peers;
    for (const TomlNode& item : items) {
        const auto peer = peer_of(item, section, host, report);
        if (!peer) {
            continue;
        }
        const auto first = std::ranges::find(peers, peer->address,
                                             [](const auto& other) { return other.value.address; });
        if (first != peers.end()) {
            report.error(item.place(), fmt::format("{} stands in unicast already (line {})",
                                                   peer->address.to_text(), first->place.line));
            continue;
        }
        peers.push_back({*peer, item.place()});
    }
    return peers;
}

std::optional<Sources> sources_of(const TomlNode& node, TomlSection& section, Report& report) {
    const bool is_list = node.kind() == TomlKind::list;
    const std::vector<TomlNode> items = is_list ? node.items() : std::vector{node};
    if (items.empty() || items.size() > 2) {
        report.error(node.place(), fmt::format("source has {} entries, expected one address, or "
                                               "one of each family",
                                               items.size()));
        return std::nullopt;
    }
    Sources sources;
    for (const TomlNode& item : items) {
        const auto text = section.text_of("source", item, "text such as \"192.0.2.1\"");
        if (!text) {
            continue;
        }
        const auto address = to_host_address("source", *text);
        if (!address) {
            report.error(item.place(), address.error());
            continue;
        }
        sources.push_back({*address, item.place()});
    }
    return sources;
}

}  // namespace

Addresses read_toml_addresses(TomlSection& section, Report& report) {
    return read_list("addresses", advertised_count(), section, report);
}

Addresses read_toml_unadvertised_addresses(TomlSection& section, Report& report) {
    return read_list("unadvertised_addresses", unadvertised_count(), section, report);
}

Peers read_toml_peers(TomlSection& section, std::string_view host, Report& report) {
    const auto peers = section.value(
        "unicast", [&](const TomlNode& node) { return peers_of(node, section, host, report); });
    return peers.value_or(Peers());
}

Sources read_toml_sources(TomlSection& section, Report& report) {
    const auto sources = section.value(
        "source", [&](const TomlNode& node) { return sources_of(node, section, report); });
    return sources.value_or(Sources());
}

}  // namespace config
