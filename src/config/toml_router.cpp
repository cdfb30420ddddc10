#include "config/toml_router.hpp"

#include "config/text.hpp"
#include "config/toml_section.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace config {

namespace {

constexpr std::size_t max_checks = 255;

struct PlacedAddress {
    vrrp::VirtualAddress address;
    Place place;
};

std::optional<vrrp::Centiseconds> read_interval(TomlSection& section, Report& report) {
    return section.value(
        "interval", [&](const TomlNode& node) -> std::optional<vrrp::Centiseconds> {
            if (node.kind() == TomlKind::whole_number) {
                report.error(node.place(), "interval is a number, expected a duration with a unit",
                             fmt::format("write \"{}s\"", node.whole_number()));
                return std::nullopt;
            }
            const auto text = section.text_of("interval", node, "a duration such as \"1s\"");
            if (!text) {
                return std::nullopt;
            }
            const auto duration = to_duration("interval", *text);
            if (!duration) {
                report.error(node.place(), duration.error());
                return std::nullopt;
            }
            const auto interval =
                to_interval(fmt::format("interval {}", in_quotes(*text)), *duration);
            if (!interval) {
                report.error(node.place(), interval.error());
                return std::nullopt;
            }
            return *interval;
        });
}

std::optional<vrrp::Password> read_password(TomlSection& section, Report& report) {
    return section.value("password", [&](const TomlNode& node) -> std::optional<vrrp::Password> {
        const auto text = section.text_of("password", node, "text in quotes");
        if (!text) {
            return std::nullopt;
        }
        const auto password = to_password("password", *text);
        if (!password) {
            report.error(node.place(), password.error());
            return std::nullopt;
        }
        if (text->size() > password->size()) {
            report.warning(node.place(), "password is longer than 8 bytes, only those are used",
                           "version 2 of VRRP carries 8 bytes; shorten it on all hosts");
        }
        return *password;
    });
}

std::vector<PlacedAddress> addresses_of(const std::vector<TomlNode>& items, TomlSection& section,
                                        Report& report) {
    std::vector<PlacedAddress> addresses;
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

std::optional<std::vector<PlacedAddress>> read_addresses(TomlSection& section, Report& report) {
    using Addresses = std::optional<std::vector<PlacedAddress>>;
    return section.value("addresses", [&](const TomlNode& node) -> Addresses {
        if (node.kind() != TomlKind::list) {
            report.error(node.place(),
                         fmt::format("addresses is {}, expected a list", node.kind_text()),
                         "write [\"192.0.2.1/24\"]");
            return std::nullopt;
        }
        const std::vector<TomlNode> items = node.items();
        if (items.empty() || items.size() > max_addresses) {
            report.error(node.place(), fmt::format("addresses has {} entries, expected 1 to {}",
                                                   items.size(), max_addresses));
            return std::nullopt;
        }
        return addresses_of(items, section, report);
    });
}

void read_uses(const HostValue& value, TomlSection& section, std::vector<CheckUse>& uses,
               Report& report) {
    if (value.node.kind() != TomlKind::list) {
        report.error(value.node.place(),
                     fmt::format("checks is {}, expected a list of names", value.node.kind_text()),
                     "write [\"nginx\"] for the check [check.nginx]");
        return;
    }
    const std::vector<TomlNode> items = value.node.items();
    if (items.size() > max_checks) {
        report.error(value.node.place(), fmt::format("checks has {} entries, expected at most {}",
                                                     items.size(), max_checks));
        return;
    }
    for (const TomlNode& item : items) {
        const auto name = section.text_of("the name of a check", item, "text in quotes");
        if (name) {
            uses.push_back({*name, item.place(), value.is_here});
        }
    }
}

/// Only version 2 is there; the key exists so that a file can say so.
void read_version(TomlSection& section, Report& report) {
    for (const HostValue& value : section.values("version")) {
        const bool is_number = value.node.kind() == TomlKind::whole_number;
        const std::int64_t version = is_number ? value.node.whole_number() : 0;
        if (version == 3) {
            report.error(value.node.place(), "version 3 of VRRP is not there yet",
                         "write version = 2, or leave it out");
        } else if (version != 2) {
            report.error(value.node.place(),
                         "version is not the number 2, the only one that is there");
        }
    }
}

vrrp::RouterConfig read_protocol(TomlSection& section, Report& report) {
    vrrp::RouterConfig protocol;
    protocol.virtual_router_id =
        static_cast<std::uint8_t>(section.number("vrid", router_id_range).value_or(0));
    protocol.priority = static_cast<std::uint8_t>(
        section.number("priority", priority_range).value_or(protocol.priority));
    protocol.interval = read_interval(section, report).value_or(protocol.interval);
    protocol.preempt = section.flag("preempt").value_or(protocol.preempt);
    protocol.strict = section.flag("strict").value_or(protocol.strict);
    protocol.password = read_password(section, report);
    read_version(section, report);
    return protocol;
}

}  // namespace

RouterDraft read_toml_router(const std::string& name, const TomlNode& table, std::string_view host,
                             Report& report) {
    TomlSection section(fmt::format("router {}", name), table, host, report);
    if (const auto valid = to_name("the router's name", name); !valid) {
        report.error(section.place(), valid.error());
    }
    section.require("interface", "\"eth0\"");
    section.require("vrid", "51");
    section.require("addresses", "[\"192.0.2.1/24\"]");

    RouterDraft draft;
    draft.place = section.place();
    Router& router = draft.router;
    router.name = name;
    router.interface = section.converted("interface", to_interface).value_or("");
    router.interface_place = section.place_of("interface");
    router.protocol = read_protocol(section, report);
    draft.router_id_place = section.place_of("vrid");
    for (const PlacedAddress& address :
         read_addresses(section, report).value_or(std::vector<PlacedAddress>())) {
        router.addresses.push_back(address.address);
        router.protocol.addresses.push_back(address.address.address);
        draft.address_places.push_back(address.place);
    }
    for (const HostValue& value : section.values("checks")) {
        read_uses(value, section, draft.checks, report);
    }
    section.finish();
    return draft;
}

}  // namespace config
