#include "config/toml_router.hpp"

#include "config/router_reading.hpp"
#include "config/text.hpp"
#include "config/toml_addresses.hpp"
#include "config/toml_authentication.hpp"
#include "config/toml_section.hpp"
#include "config/toml_state_scripts.hpp"
#include "config/toml_trailer.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace config {

namespace {

constexpr std::size_t max_checks = 255;

constexpr RouterWords words = {
    .addresses = "addresses",
    .unadvertised = "unadvertised_addresses",
    .peers = "unicast",
    .source = "source",
    .password = "password",
    .trailer = "hmac",
    .trailer_advice = "[router.NAME.hmac] signs adverts of version 3; leave the password out",
    .checksum = "checksum",
    .preempt_delay = "preempt_delay",
    .no_preempt = "preempt = false",
    .ttl = "unicast_ttl",
    .strangers = "unicast_strangers",
    .version_3 = "version = 3",
};

std::optional<Place> place_if_there(TomlSection& section, const std::string& key) {
    return section.has(key) ? std::optional(section.place_of(key)) : std::nullopt;
}

std::optional<vrrp::Duration> read_delay(TomlSection& section, const std::string& key,
                                         vrrp::Duration longest, std::string_view range) {
    return section.duration(
        key, [&](std::string_view text, vrrp::Duration duration) -> Checked<vrrp::Duration> {
            if (duration > longest) {
                return std::unexpected(Complaint{
                    fmt::format("{} is {}, expected {}", key, in_quotes(text), range), ""});
            }
            return duration;
        });
}

/// A check's name, or a table with its name and what it is to this router.
std::optional<CheckMention> read_mention(const TomlNode& node, TomlSection& section,
                                         Report& report) {
    CheckMention mention{.name = {}, .place = node.place()};
    if (node.kind() != TomlKind::table) {
        const auto name = section.text_of("the name of a check", node, "text in quotes");
        mention.name = name.value_or("");
        return name ? std::optional(mention) : std::nullopt;
    }
    TomlSection entry(TomlSectionKind::use, section.title() + ", an entry of checks", node,
                      section.host(), report);
    entry.require("name", "\"nginx\"");
    mention.name =
        entry
            .converted("name",
                       [](const std::string& text) { return to_name("the name of a check", text); })
            .value_or("");
    mention.weight = entry.number("weight", track_weight_range);
    mention.is_inverted = entry.flag("invert").value_or(false);
    entry.finish();
    return mention.name.empty() ? std::nullopt : std::optional(mention);
}

void read_uses(const HostValue& value, TomlSection& section, std::vector<CheckMention>& mentions,
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
        if (auto mention = read_mention(item, section, report)) {
            mention->is_here = value.is_here;
            mentions.push_back(std::move(*mention));
        }
    }
}

std::optional<Placed<vrrp::Version>> read_version(TomlSection& section, Report& report) {
    using Version = std::optional<Placed<vrrp::Version>>;
    return section.value("version", [&](const TomlNode& node) -> Version {
        const bool is_number = node.kind() == TomlKind::whole_number;
        const std::int64_t version = is_number ? node.whole_number() : 0;
        if (version != 2 && version != 3) {
            report.error(node.place(), "version is neither the number 2 nor 3");
            return std::nullopt;
        }
        return Placed{static_cast<vrrp::Version>(version), node.place()};
    });
}

/// Reads what this host's adverts say, and what those of the other hosts say. One
/// host may stand there twice, in full and by the first part of its name.
void read_priority(TomlSection& section, Router& router, Report& report) {
    vrrp::RouterConfig& protocol = router.protocol;
    protocol.priority = static_cast<std::uint8_t>(
        section.number("priority", priority_range).value_or(protocol.priority));
    std::map<std::int64_t, std::string> hosts;
    for (const HostValue& value : section.values("priority")) {
        const bool is_valid = value.node.kind() == TomlKind::whole_number &&
                              priority_range.contains(value.node.whole_number());
        const bool is_same_host = !value.is_here && section.is_this_host(value.host);
        if (!is_valid || value.host.empty() || is_same_host) {
            continue;
        }
        const auto [first, is_new] = hosts.try_emplace(value.node.whole_number(), value.host);
        if (!is_new) {
            report.warning(value.node.place(),
                           fmt::format("{} has priority {}, which {} has too", value.host,
                                       first->first, first->second),
                           "the host with the higher address wins; give each a priority of its "
                           "own");
        }
        if (!value.is_here) {
            router.others.push_back(static_cast<std::uint8_t>(value.node.whole_number()));
            router.other_hosts.push_back(value.host);
            protocol.rival_priority = std::max(protocol.rival_priority, router.others.back());
        }
    }
}

void read_checksum(TomlSection& section, RouterReading& reading) {
    struct Form {
        vrrp::ChecksumForm own = vrrp::ChecksumForm::pseudo_header;
        bool follows = false;
    };
    static constexpr std::array<std::pair<std::string_view, Form>, 3> forms = {
        {{"pseudo-header", {vrrp::ChecksumForm::pseudo_header, false}},
         {"message", {vrrp::ChecksumForm::message, false}},
         {"auto", {vrrp::ChecksumForm::pseudo_header, true}}}};
    const Form form = section.choice("checksum", forms).value_or(Form());
    reading.draft.router.protocol.checksum_form = form.own;
    reading.draft.router.protocol.follows_checksum_form = form.follows;
    reading.checksum_place = place_if_there(section, "checksum");
}

void read_unicast(TomlSection& section, std::string_view host, RouterReading& reading,
                  Report& report) {
    Router& router = reading.draft.router;
    reading.is_unicast = section.has("unicast");
    reading.peers = read_toml_peers(section, host, report);
    router.ttl =
        static_cast<std::uint8_t>(section.number("unicast_ttl", ttl_range).value_or(router.ttl));
    reading.ttl_place = place_if_there(section, "unicast_ttl");
    router.protocol.hears_strangers = section.flag("unicast_strangers").value_or(false);
    reading.strangers_place = place_if_there(section, "unicast_strangers");
}

void read_times(TomlSection& section, RouterReading& reading) {
    Router& router = reading.draft.router;
    vrrp::RouterConfig& protocol = router.protocol;
    protocol.interval =
        section
            .duration("interval",
                      [&protocol](std::string_view text, vrrp::Duration duration) {
                          return to_interval(fmt::format("interval {}", in_quotes(text)), duration,
                                             protocol.version);
                      })
            .value_or(protocol.interval);
    protocol.down_adverts =
        section.number("down_adverts", down_adverts_range).value_or(protocol.down_adverts);
    protocol.preempt = section.flag("preempt").value_or(protocol.preempt);
    protocol.preempt_delay = read_delay(section, "preempt_delay", max_preempt_delay, "0s to 1000s")
                                 .value_or(protocol.preempt_delay);
    reading.preempt_delay_place = place_if_there(section, "preempt_delay");
    router.start_delay = read_delay(section, "start_delay", max_start_delay, "0s to 1h")
                             .value_or(router.start_delay);
}

RouterReading read_all(TomlSection& section, std::string_view host, Report& report) {
    RouterReading reading;
    Router& router = reading.draft.router;
    router.interface = section.converted("interface", to_interface).value_or("");
    router.interface_place = section.place_of("interface");
    router.protocol.virtual_router_id =
        static_cast<std::uint8_t>(section.number("vrid", router_id_range).value_or(0));
    reading.draft.router_id_place = section.place_of("vrid");
    read_priority(section, router, report);
    reading.addresses = read_toml_addresses(section, report);
    reading.unadvertised = read_toml_unadvertised_addresses(section, report);
    router.protocol.version =
        version_of(reading, read_version(section, report), router.protocol.version, words, report);
    read_times(section, reading);
    router.protocol.strict = section.flag("strict").value_or(router.protocol.strict);
    router.accepts_traffic = section.flag("accept").value_or(router.accepts_traffic);
    router.protocol.last_resort = section.flag("last_resort").value_or(false);
    router.lease = section.flag("lease").value_or(router.lease);
    read_toml_authentication(section, reading, report);
    read_toml_trailer(section, host, reading, report);
    read_checksum(section, reading);
    read_unicast(section, host, reading, report);
    reading.sources = read_toml_sources(section, report);
    router.scripts = read_toml_state_scripts(section, report);
    for (const HostValue& value : section.values("checks")) {
        read_uses(value, section, reading.draft.checks, report);
    }
    return reading;
}

/// Version 2 alone has adverts without addresses. Where something else is wrong, the list may have
/// lost what it had.
void require_addresses(const RouterReading& reading, TomlSection& section, Report& report) {
    const vrrp::RouterConfig& protocol = reading.draft.router.protocol;
    const bool needs_one = protocol.version == vrrp::Version::v3 || protocol.strict;
    if (needs_one && reading.addresses.empty() && !report.has_errors()) {
        report.error(section.place_of("addresses"),
                     "addresses is empty, and version 3 and strict routers need one",
                     "an empty list is for version 2, where scripts do what is to be done");
    }
}

}  // namespace

std::vector<RouterDraft> read_toml_router(const std::string& name, const TomlNode& table,
                                          std::string_view host, Report& report) {
    TomlSection section(TomlSectionKind::router, fmt::format("router {}", name), table, host,
                        report);
    if (const auto valid = to_name("the router's name", name); !valid) {
        report.error(section.place(), valid.error());
    }
    section.require("interface", "\"eth0\"");
    section.require("vrid", "51");
    section.require("addresses", "[\"192.0.2.1/24\"]");
    RouterReading reading = read_all(section, host, report);
    reading.draft.place = section.place();
    reading.draft.router.name = name;
    section.finish();
    require_addresses(reading, section, report);
    return settle(reading, words, report);
}

}  // namespace config
