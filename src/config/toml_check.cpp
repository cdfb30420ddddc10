#include "config/toml_check.hpp"

#include "config/text.hpp"
#include "config/toml_probes.hpp"
#include "config/toml_section.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace config {

namespace {

/// A key that says what a check looks at, and the reader of the probe's own keys.
struct ProbeKind {
    std::string_view key;
    health::ProbeConfig (*read)(TomlSection& section, Report& report);
    bool is_periodic = true;  ///< it looks from time to time; others are told of changes
};

constexpr std::array<ProbeKind, 21> kinds = {{
    {"process", read_process_probe, false},
    {"executable", read_process_probe, false},
    {"command_line", read_process_probe, false},
    {"pid_file", read_process_probe, false},
    {"unit", read_process_probe, false},
    {"script", read_script_probe},
    {"shell", read_shell_probe},
    {"udp", read_udp_probe},
    {"dns", read_dns_probe},
    {"ping", read_ping_probe},
    {"http", read_http_probe},
    {"tcp", read_tcp_probe},
    {"tls", read_tls_probe},
    {"file", read_file_probe, false},
    {"interface", read_interface_probe, false},
    {"route", read_route_probe, false},
    {"address", read_address_probe, false},
    {"peers", read_peers_probe, false},
    {"any", read_combination, false},
    {"all", read_combination, false},
    {"at_least", read_combination, false},
}};

std::optional<vrrp::Duration> read_time(TomlSection& section, const std::string& key) {
    return section.duration(
        key, [&](std::string_view text, vrrp::Duration duration) -> Checked<vrrp::Duration> {
            if (duration < min_script_time || duration > max_script_time) {
                return std::unexpected(Complaint{
                    fmt::format("{} is {}, expected 10ms to 1h", key, in_quotes(text)), ""});
            }
            return duration;
        });
}

vrrp::Duration read_hold(TomlSection& section) {
    const auto hold = section.duration(
        "hold_good",
        [&](std::string_view text, vrrp::Duration duration) -> Checked<vrrp::Duration> {
            if (duration > max_script_time) {
                return std::unexpected(Complaint{
                    fmt::format("hold_good is {}, expected 0s to 1h", in_quotes(text)), ""});
            }
            return duration;
        });
    return hold.value_or(vrrp::Duration::zero());
}

std::optional<int> read_weight(TomlSection& section, Report& report) {
    const auto weight = section.number("weight", track_weight_range);
    for (const HostValue& value : section.values("weight")) {
        if (value.node.kind() == TomlKind::whole_number && value.node.whole_number() == 0) {
            report.error(value.node.place(), "weight is 0, which would change nothing",
                         "leave weight out for a check whose failure takes the router out of "
                         "office");
        }
    }
    return weight;
}

std::string all_keys() {
    std::string keys;
    for (const ProbeKind& kind : kinds) {
        keys += fmt::format("{}{}", keys.empty() ? "" : ", ", kind.key);
    }
    return keys;
}

/// The kind that the table's keys ask for; says where there is none, or more than one.
const ProbeKind* find_kind(TomlSection& section, Report& report) {
    const ProbeKind* found = nullptr;
    for (const ProbeKind& kind : kinds) {
        const std::string key(kind.key);
        if (!section.has(key)) {
            continue;
        }
        if (found != nullptr) {
            section.refuse(
                key, fmt::format("and {} exclude each other: a check has one probe", found->key));
            continue;
        }
        found = &kind;
    }
    if (found == nullptr) {
        report.error(section.place(), fmt::format("{} says nothing to look at", section.title()),
                     fmt::format("add process = \"nginx\", or one of {}", all_keys()));
        // A misspelt key is told with the one that was meant.
        for (const ProbeKind& kind : kinds) {
            (void)section.values(std::string(kind.key));
        }
    }
    return found;
}

void read_times(const ProbeKind& kind, TomlSection& section, health::CheckConfig& check) {
    if (!kind.is_periodic) {
        for (const std::string key : {"interval", "timeout"}) {
            section.refuse(key,
                           fmt::format("is not for {}, which is told of each change", kind.key));
        }
        return;
    }
    check.interval = read_time(section, "interval").value_or(check.interval);
    check.timeout = read_time(section, "timeout").value_or(check.interval);
}

void read_judgement(TomlSection& section, Report& report, health::CheckConfig& check) {
    using health::Verdict;
    static constexpr std::array<std::pair<std::string_view, Verdict>, 3> verdicts = {
        {{"unknown", Verdict::unknown}, {"good", Verdict::good}, {"bad", Verdict::bad}}};
    check.rise = section.number("rise", count_range).value_or(1);
    check.fall = section.number("fall", count_range).value_or(1);
    check.weight = read_weight(section, report);
    check.initially = section.choice("initially", verdicts).value_or(Verdict::unknown);
    check.invert = section.flag("invert").value_or(false);
    if (check.invert && std::holds_alternative<health::ProcessProbeConfig>(check.probe)) {
        section.refuse("grace",
                       "would put off the good result of a check with invert: "
                       "hold_good is for that");
    }
    check.hold_good = read_hold(section);
    check.after = read_text(section, "after").value_or("");
}

/// The names of other checks, as they stand in keys that have been read.
std::vector<Placed<std::string>> find_references(TomlSection& section) {
    std::vector<Placed<std::string>> references;
    const auto take = [&references](const TomlNode& node) {
        if (node.kind() == TomlKind::text) {
            references.push_back({node.text(), node.place()});
        }
    };
    for (const std::string key : {"after", "any", "all", "of"}) {
        // Alone "of" has no meaning, and is told as unknown.
        if (!section.has(key) || (key == "of" && !section.has("at_least"))) {
            continue;
        }
        for (const HostValue& value : section.values(key)) {
            if (value.node.kind() != TomlKind::list) {
                take(value.node);
                continue;
            }
            for (const TomlNode& item : value.node.items()) {
                take(item);
            }
        }
    }
    return references;
}

}  // namespace

CheckDraft read_toml_check(const std::string& name, const TomlNode& table, std::string_view host,
                           Report& report) {
    TomlSection section(TomlSectionKind::check, fmt::format("check {}", name), table, host, report);
    CheckDraft draft;
    draft.place = section.place();
    draft.check.name = name;
    if (const auto valid = to_name("the check's name", name); !valid) {
        report.error(draft.place, valid.error());
    }
    if (const ProbeKind* const kind = find_kind(section, report)) {
        const std::string key(kind->key);
        draft.check.probe = kind->read(section, report);
        draft.probe_place = section.place_of(key);
        if (std::holds_alternative<health::ScriptProbeConfig>(draft.check.probe)) {
            draft.user_place = section.place_of(section.has("user") ? "user" : "group");
        }
        read_times(*kind, section, draft.check);
    } else {
        read_times({.key = {}, .read = nullptr}, section, draft.check);
    }
    read_judgement(section, report, draft.check);
    draft.references = find_references(section);
    section.finish();
    return draft;
}

}  // namespace config
