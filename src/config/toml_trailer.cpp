#include "config/toml_trailer.hpp"

#include "auth/trailer_config.hpp"
#include "config/text.hpp"
#include "config/trailer_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace config {

namespace {

using namespace std::chrono_literals;

/// An entry of the table of keys: "1" = …, or lb-master.1 = … for one host.
struct KeyEntry {
    std::string host;  ///< empty: of all hosts
    std::string id;
    TomlNode node;
};

std::vector<KeyEntry> entries_of(const std::vector<std::pair<std::string, TomlNode>>& leaves) {
    std::vector<KeyEntry> entries;
    for (const auto& [name, node] : leaves) {
        const std::size_t dot = name.rfind('.');
        const bool has_host = dot != std::string::npos;
        entries.push_back(
            {has_host ? name.substr(0, dot) : "", has_host ? name.substr(dot + 1) : name, node});
    }
    return entries;
}

/// Which of the hosts of a table of keys is this one; empty where they are all hosts' keys.
std::string chosen_host(TomlSection& section, const TomlNode& table,
                        const std::vector<KeyEntry>& entries) {
    std::vector<std::string> hosts;
    for (const KeyEntry& entry : entries) {
        if (entry.host.empty()) {
            return section.choose_host("keys", table, hosts, false);
        }
        if (hosts.empty() || hosts.back() != entry.host) {
            hosts.push_back(entry.host);
        }
    }
    return section.choose_host("keys", table, hosts, true);
}

void add_key(const KeyEntry& entry, bool is_here, TrailerKeys& keys, TomlSection& section,
             Report& report) {
    const auto id = to_whole_number(entry.id);
    if (!id || !key_id_range.contains(*id)) {
        report.error(entry.node.place(), "this key has no number from 1 to 255 as its name",
                     "write keys = { 1 = \"file:/path\" }");
        keys.note_mistake();
        return;
    }
    const auto text = section.text_of(fmt::format("key {}", *id), entry.node,
                                      "text in quotes such as \"file:/path\"");
    if (!text) {
        keys.note_mistake();
        return;
    }
    keys.add(*id, *text, entry.node.place(), is_here);
}

TrailerKeys read_keys(TomlSection& section, Report& report) {
    TrailerKeys keys(SecretForm::prefixed, report);
    const auto table = section.table("keys");
    if (!table) {
        keys.note_mistake();
        return keys;
    }
    const std::vector<KeyEntry> entries = entries_of(section.leaves(*table));
    if (entries.size() > max_hosts) {
        report.error(table->place(), fmt::format("keys has more than {} entries", max_hosts));
        keys.note_mistake();
        return keys;
    }
    const std::string host = entries.empty() ? "" : chosen_host(section, *table, entries);
    for (const KeyEntry& entry : entries) {
        add_key(entry, entry.host.empty() || entry.host == host, keys, section, report);
    }
    return keys;
}

std::optional<std::chrono::seconds> read_window(TomlSection& section) {
    return section.duration(
        "window",
        [](std::string_view text, vrrp::Duration duration) -> Checked<std::chrono::seconds> {
            const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
            if (seconds != duration || seconds < shortest_window || seconds > longest_window) {
                return std::unexpected(
                    Complaint{fmt::format("window is {}, expected whole seconds, 1s to 300s",
                                          in_quotes(text)),
                              ""});
            }
            return seconds;
        });
}

auth::TrailerConfig read_table(TomlSection& section, vrrp::Duration interval,
                               std::vector<std::string>& references, Report& report) {
    static constexpr std::array<std::pair<std::string_view, auth::Mode>, 3> modes = {
        {{"enforce", auth::Mode::enforce},
         {"permissive", auth::Mode::permissive},
         {"receive-only", auth::Mode::receive_only}}};
    static constexpr std::array<std::pair<std::string_view, auth::Replay>, 2> replays = {
        {{"time", auth::Replay::time}, {"monotonic", auth::Replay::monotonic}}};
    auth::TrailerConfig trailer;
    section.require("keys", "{ 1 = \"file:/path\" }");
    TrailerKeys keys = read_keys(section, report);
    std::optional<Placed<int>> active;
    if (const auto id = section.number("active", key_id_range)) {
        active = Placed{*id, section.place_of("active")};
    } else if (section.has("active")) {
        keys.note_mistake();
    }
    keys.complete(trailer, active, "active", section.place());
    references = keys.references();
    trailer.mode = section.choice("mode", modes).value_or(trailer.mode);
    trailer.replay = section.choice("replay", replays).value_or(trailer.replay);
    trailer.window = read_window(section).value_or(usual_window(interval));
    if (section.has("window") && trailer.replay == auth::Replay::monotonic) {
        report.warning(section.place_of("window"),
                       "window has no effect with replay = \"monotonic\"");
    }
    section.finish();
    return trailer;
}

}  // namespace

void read_toml_trailer(TomlSection& router, std::string_view host, RouterReading& reading,
                       Report& report) {
    const auto table = router.table("hmac");
    if (!table) {
        return;
    }
    reading.trailer_place = table->place();
    TomlSection section(TomlSectionKind::hmac, fmt::format("the hmac of {}", router.title()),
                        *table, host, report);
    Router& read = reading.draft.router;
    read.trailer = read_table(section, read.protocol.interval, read.key_references, report);
}

}  // namespace config
