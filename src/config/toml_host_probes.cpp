#include "config/address_values.hpp"
#include "config/text.hpp"
#include "config/toml_probes.hpp"

#include <fmt/format.h>
#include <linux/rtnetlink.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace config {

namespace {

Checked<vrrp::VirtualAddress> to_network(std::string_view text) {
    if (text == "default") {
        return vrrp::VirtualAddress{vrrp::IpAddress(), 0};
    }
    const std::size_t slash = std::min(text.find('/'), text.size());
    const auto address = vrrp::IpAddress::from_text(text.substr(0, slash));
    const int longest = address ? 8 * static_cast<int>(address_size(address->family())) : 0;
    const auto length =
        slash < text.size() ? to_whole_number(text.substr(slash + 1)) : std::optional(longest);
    if (!address || !length || *length > longest) {
        return std::unexpected(
            Complaint{fmt::format("route is {}, which is no network", in_quotes(text)),
                      "write \"192.0.2.0/24\", \"2001:db8::/32\", or \"default\" for IPv4 and "
                      "\"::/0\" for IPv6"});
    }
    const vrrp::VirtualAddress network{*address, static_cast<std::uint8_t>(*length)};
    if (network != network_of(network)) {
        return std::unexpected(
            Complaint{fmt::format("route is {}, which has bits behind its prefix", in_quotes(text)),
                      "write the network as \"ip route\" shows it"});
    }
    return network;
}

std::optional<std::uint32_t> read_table(TomlSection& section, Report& report) {
    using Table = std::optional<std::uint32_t>;
    return section.value("table", [&report](const TomlNode& node) -> Table {
        constexpr std::int64_t last = std::numeric_limits<std::uint32_t>::max();
        if (node.kind() == TomlKind::whole_number && node.whole_number() >= 1 &&
            node.whole_number() <= last) {
            return static_cast<std::uint32_t>(node.whole_number());
        }
        if (node.kind() == TomlKind::text && node.text() == "main") {
            return RT_TABLE_MAIN;
        }
        report.error(node.place(),
                     fmt::format("table is {}, expected \"main\" or the number of a table",
                                 node.kind() == TomlKind::text ? in_quotes(node.text())
                                                               : std::string(node.kind_text())),
                     "/etc/iproute2/rt_tables has the numbers of those with names");
        return std::nullopt;
    });
}

}  // namespace

health::ProbeConfig read_interface_probe(TomlSection& section, Report& /*report*/) {
    return health::InterfaceProbeConfig{section.converted("interface", to_interface).value_or("")};
}

health::ProbeConfig read_address_probe(TomlSection& section, Report& /*report*/) {
    health::AddressProbeConfig probe;
    const auto address = section.converted(
        "address", [](const std::string& text) { return to_server_address("address", text); });
    probe.address = address.value_or(probe.address);
    probe.interface = section.converted("on", to_interface).value_or("");
    return probe;
}

health::ProbeConfig read_route_probe(TomlSection& section, Report& report) {
    health::RouteProbeConfig probe;
    probe.network = section.converted("route", to_network).value_or(probe.network);
    probe.table = read_table(section, report);
    if (probe.table == std::uint32_t{RT_TABLE_MAIN}) {
        probe.table.reset();
    }
    probe.via = section.converted(
        "via", [](const std::string& text) { return to_host_address("via", text); });
    if (probe.via && probe.via->family() == vrrp::Family::ipv4 &&
        probe.network.address.family() == vrrp::Family::ipv6) {
        report.error(section.place_of("via"), "via is an IPv4 address, but the route is of IPv6");
    }
    probe.interface = section.converted("on", to_interface).value_or("");
    return probe;
}

health::ProbeConfig read_peers_probe(TomlSection& section, Report& /*report*/) {
    return health::PeersProbeConfig{read_text(section, "peers").value_or("")};
}

}  // namespace config
