#include "config/toml_section.hpp"

#include "config/nearest.hpp"
#include "config/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <utility>

namespace config {

namespace {

/// What keepalived.conf calls things, for those who come from there.
constexpr std::array<std::pair<std::string_view, std::string_view>, 35> foreign_names = {{
    {"virtual_router_id", "vrid"},
    {"virtual_ipaddress", "addresses"},
    {"virtual_ipaddress_excluded", "unadvertised_addresses"},
    {"address", "addresses"},
    {"vip", "addresses"},
    {"auth_pass", "password"},
    {"advert_int", "interval"},
    {"track_script", "checks"},
    {"check", "checks"},
    {"nopreempt", "preempt = false"},
    {"state", "priority"},
    {"quorum", "min"},
    {"dev", "interface"},
    {"down_timer_adverts", "down_adverts"},
    {"unicast_peer", "unicast"},
    {"peers", "unicast"},
    {"unicast_src_ip", "source"},
    {"mcast_src_ip", "source"},
    {"auth_type", "authentication"},
    {"auth_hmac", "hmac"},
    {"no_accept", "accept = false"},
    {"v3_checksum_as_v2", "checksum = \"message\""},
    {"strict_mode", "strict"},
    {"vrrp_garp_interval", "announce_interval"},
    {"vrrp_gna_interval", "announce_interval"},
    {"vrrp_rt_priority", "realtime_priority"},
    {"vrrp_no_swap", "lock_memory"},
    {"notify_master", "on_master"},
    {"notify_backup", "on_backup"},
    {"notify_fault", "on_fault"},
    {"notify_stop", "on_stop"},
    {"notify_master_rx_lower_pri", "on_lower_master"},
    {"notify", "on_change"},
    {"notify_fifo", "state_fifo"},
    {"vrrp_notify_fifo", "state_fifo"},
}};

std::string advice_for_key(const std::string& key, const std::vector<std::string>& known) {
    for (const auto& [foreign, ours] : foreign_names) {
        const std::string own_key(ours.substr(0, ours.find(' ')));
        if (key == foreign && std::ranges::find(known, own_key) != known.end()) {
            return fmt::format("here it is {}", ours);
        }
    }
    return suggest(key, known);
}

void collect_leaves(const std::string& prefix, const TomlNode& table,
                    std::vector<std::pair<std::string, TomlNode>>& leaves) {
    for (const auto& [name, node] : table.entries()) {
        if (node.kind() == TomlKind::table) {
            collect_leaves(prefix + name + '.', node, leaves);
        } else {
            leaves.emplace_back(prefix + name, node);
        }
    }
}

std::string short_name(const std::string& host) {
    return host.substr(0, host.find('.'));
}

}  // namespace

TomlSection::TomlSection(TomlSectionKind kind, std::string title, const TomlNode& table,
                         std::string_view host, Report& report)
    : kind_(kind),
      title_(std::move(title)),
      place_(table.place()),
      entries_(table.entries()),
      host_(host),
      report_(report) {}

bool TomlSection::has(const std::string& key) const {
    return std::ranges::any_of(entries_, [&key](const auto& entry) { return entry.first == key; });
}

bool TomlSection::is_this_host(const std::string& host) const {
    return host == host_ || host == short_name(host_);
}

void TomlSection::require(const std::string& key, const std::string& example) {
    if (!has(key)) {
        report_.error(place(), fmt::format("{} has no {}", title_, key),
                      fmt::format("add a line such as {} = {}", key, example));
    }
}

void TomlSection::refuse(const std::string& key, const std::string& reason) {
    know(key);
    for (const auto& [name, node] : entries_) {
        if (name == key) {
            report_.error(node.place_of_key(key), fmt::format("{} {}", key, reason));
        }
    }
}

std::vector<HostValue> TomlSection::values(const std::string& key) {
    const bool is_first_time = !known_keys_.contains(key);
    know(key);
    const auto entry = std::ranges::find_if(
        entries_, [&key](const auto& candidate) { return candidate.first == key; });
    if (entry == entries_.end()) {
        return {};
    }
    if (entry->second.kind() != TomlKind::table) {
        return {{entry->second, true, ""}};
    }
    const auto hosts = leaves(entry->second);
    if (hosts.size() > max_hosts) {
        report_.error(entry->second.place(),
                      fmt::format("{} lists more than {} hosts", key, max_hosts));
        return {};
    }
    std::vector<std::string> names;
    for (const auto& host : hosts) {
        names.push_back(host.first);
    }
    const std::string chosen = choose_host(key, entry->second, names, is_first_time);
    std::vector<HostValue> result;
    for (const auto& [name, node] : hosts) {
        result.push_back({node, name == chosen, name});
    }
    return result;
}

std::string TomlSection::choose_host(const std::string& key, const TomlNode& table,
                                     const std::vector<std::string>& hosts, bool is_needed) {
    const bool has_full_name = std::ranges::find(hosts, host_) != hosts.end();
    std::string chosen = has_full_name ? host_ : short_name(host_);
    if (is_needed && std::ranges::find(hosts, chosen) == hosts.end()) {
        report_missing_host(key, table, hosts);
    }
    return chosen;
}

std::vector<std::pair<std::string, TomlNode>> TomlSection::leaves(const TomlNode& table) {
    std::vector<std::pair<std::string, TomlNode>> result;
    collect_leaves("", table, result);
    return result;
}

Place TomlSection::place_of(const std::string& key) {
    for (const HostValue& candidate : values(key)) {
        if (candidate.is_here) {
            return candidate.node.place();
        }
    }
    return place();
}

void TomlSection::report_missing_host(const std::string& key, const TomlNode& table,
                                      const std::vector<std::string>& hosts) {
    const std::string looked_up =
        short_name(host_) == host_
            ? in_quotes(host_)
            : fmt::format("{} and {}", in_quotes(host_), in_quotes(short_name(host_)));
    // Of a secret's hosts, one may be the secret, where the two were mistaken for each other.
    const bool may_show = key != "password" && key != "keys";
    const std::string_view meant =
        may_show ? nearest(short_name(host_), hosts) : std::string_view();
    std::string message =
        hosts.empty() ? fmt::format("{} lists no host; looked up {}", key, looked_up)
                      : fmt::format("{} has no value for this host; looked up {}", key, looked_up);
    if (may_show && !hosts.empty()) {
        message += fmt::format(", listed: {}", fmt::join(hosts, ", "));
    }
    report_.error(table.place(), std::move(message),
                  fmt::format("{}\"uname -n\" shows the name of a host; \"understudy check --host "
                              "NAME FILE\" checks for another",
                              meant.empty() ? "" : fmt::format("did you mean {}? ", meant)));
}

std::optional<TomlNode> TomlSection::table(const std::string& key) {
    know(key);
    const auto entry = std::ranges::find_if(
        entries_, [&key](const auto& candidate) { return candidate.first == key; });
    if (entry == entries_.end()) {
        return std::nullopt;
    }
    if (entry->second.kind() != TomlKind::table) {
        report_.error(entry->second.place(),
                      fmt::format("{} is {}, expected a table", key, entry->second.kind_text()));
        return std::nullopt;
    }
    return entry->second;
}

std::optional<vrrp::Duration> TomlSection::duration_of(const std::string& key,
                                                       const TomlNode& node) {
    if (node.kind() == TomlKind::whole_number) {
        report_.error(node.place(),
                      fmt::format("{} is a number, expected a duration with a unit", key),
                      fmt::format("write \"{0}s\", or \"{0}ms\"", node.whole_number()));
        return std::nullopt;
    }
    const auto text = text_of(key, node, "a duration such as \"1s\" or \"100ms\"");
    if (!text) {
        return std::nullopt;
    }
    const auto duration = to_duration(key, *text);
    if (!duration) {
        report_.error(node.place(), duration.error());
        return std::nullopt;
    }
    return *duration;
}

void TomlSection::report_no_choice(const std::string& key, const TomlNode& node,
                                   const std::vector<std::string>& names) {
    const bool is_text = node.kind() == TomlKind::text;
    // Where secrets are near, one may stand in the wrong line.
    const bool may_show = key != "authentication" && key != "mode" && key != "replay";
    std::string expected;
    for (const std::string& name : names) {
        const bool is_last = &name == &names.back();
        expected += expected.empty() ? "" : is_last ? " or " : ", ";
        expected += fmt::format("\"{}\"", name);
    }
    const std::string_view meant = is_text ? nearest(node.text(), names) : std::string_view();
    report_.error(node.place(),
                  fmt::format("{} is {}, expected {}", key,
                              is_text ? (may_show ? in_quotes(node.text()) : "another text")
                                      : std::string(node.kind_text()),
                              expected),
                  meant.empty() ? "" : fmt::format("did you mean \"{}\"?", meant));
}

std::optional<int> TomlSection::number(const std::string& key, const Range& range) {
    return value(key, [&](const TomlNode& node) -> std::optional<int> {
        if (node.kind() != TomlKind::whole_number) {
            report_.error(node.place(), out_of_range(key, node.kind_text(), range));
            return std::nullopt;
        }
        const std::int64_t number = node.whole_number();
        if (!range.contains(number)) {
            report_.error(node.place(), out_of_range(key, std::to_string(number), range));
            return std::nullopt;
        }
        return static_cast<int>(number);
    });
}

std::optional<bool> TomlSection::flag(const std::string& key) {
    return value(key, [&](const TomlNode& node) -> std::optional<bool> {
        if (node.kind() != TomlKind::boolean) {
            report_.error(node.place(),
                          fmt::format("{} is {}, expected true or false", key, node.kind_text()));
            return std::nullopt;
        }
        return node.boolean();
    });
}

std::optional<std::string> TomlSection::text_of(const std::string& key, const TomlNode& node,
                                                std::string_view example) {
    if (node.kind() != TomlKind::text) {
        report_.error(node.place(),
                      fmt::format("{} is {}, expected {}", key, node.kind_text(), example));
        return std::nullopt;
    }
    return node.text();
}

void TomlSection::know(const std::string& key) {
    // What is not in the table is neither in the manual nor in the schema for editors.
    assert(is_toml_key(kind_, key));
    known_keys_.insert(key);
}

std::string TomlSection::advice_for_unknown(const std::string& key) const {
    const std::string probes = kind_ == TomlSectionKind::check ? probes_of(key) : "";
    if (!probes.empty()) {
        return fmt::format("it is for checks with {}", probes);
    }
    return advice_for_key(key, {known_keys_.begin(), known_keys_.end()});
}

void TomlSection::finish() {
    for (const auto& [key, node] : entries_) {
        if (!known_keys_.contains(key) && !report_.is_full()) {
            report_.error(node.place_of_key(key),
                          fmt::format("unknown key {} in {}", in_quotes(key), title_),
                          advice_for_unknown(key));
        }
    }
}

}  // namespace config
