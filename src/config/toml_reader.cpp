#include "config/toml_reader.hpp"

#include "config/nearest.hpp"
#include "config/text.hpp"
#include "config/toml_check.hpp"
#include "config/toml_daemon.hpp"
#include "config/toml_document.hpp"
#include "config/toml_group.hpp"
#include "config/toml_router.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>
#include <vector>

namespace config {

namespace {

constexpr std::size_t max_tables = 10'000;
const std::array<std::string, 4> sections = {"check", "daemon", "group", "router"};

/// Calls `read(name, table)` for each table [word.NAME].
template <class Read>
void read_section(const std::string& word, const TomlNode& node, Report& report, Read read) {
    if (node.kind() != TomlKind::table) {
        report.error(node.place(),
                     fmt::format("{} is {}, expected a table", word, node.kind_text()),
                     fmt::format("write [{}.NAME]", word));
        return;
    }
    const auto entries = node.entries();
    if (entries.size() > max_tables) {
        report.error(node.place(),
                     fmt::format("there are more than {} tables [{}.NAME]", max_tables, word));
        return;
    }
    for (const auto& [name, table] : entries) {
        if (table.kind() != TomlKind::table) {
            report.error(
                table.place(),
                fmt::format("{}.{} is {}, expected a table", word, name, table.kind_text()),
                fmt::format("each {0} has a name: write [{0}.NAME] above its keys", word));
            return;  // one missing name makes all the keys below it wrong
        }
        read(name, table);
    }
}

Draft read_draft(const TomlNode& root, std::string_view host, std::vector<TomlGroup>& groups,
                 Report& report) {
    Draft draft;
    for (const auto& [key, node] : root.entries()) {
        if (key == "check") {
            read_section(key, node, report, [&](const std::string& name, const TomlNode& table) {
                draft.checks.push_back(read_toml_check(name, table, host, report));
            });
        } else if (key == "router") {
            read_section(key, node, report, [&](const std::string& name, const TomlNode& table) {
                for (RouterDraft& router : read_toml_router(name, table, host, report)) {
                    draft.routers.push_back(std::move(router));
                }
            });
        } else if (key == "group") {
            read_section(key, node, report, [&](const std::string& name, const TomlNode& table) {
                groups.push_back(read_toml_group(name, table, host, report));
            });
        } else if (key == "daemon") {
            draft.daemon = read_toml_daemon(node, host, report);
        } else {
            report.error(node.place_of_key(key), fmt::format("unknown key {}", in_quotes(key)),
                         suggest(key, sections));
        }
    }
    return draft;
}

auto position(const Place& place) {
    return std::tuple(place.line, place.column);
}

}  // namespace

Config read_toml(const std::string& text, std::string_view host, Report& report) {
    const auto document = TomlDocument::parse(text, report);
    if (!document) {
        return {};
    }
    std::vector<TomlGroup> groups;
    Draft draft = read_draft(document->root(), host, groups, report);
    std::ranges::sort(draft.checks, {}, [](const auto& check) { return position(check.place); });
    std::ranges::stable_sort(draft.routers, {},
                             [](const RouterDraft& router) { return position(router.place); });
    apply_toml_groups(groups, draft.routers, report);
    for (TomlGroup& group : groups) {
        draft.groups.push_back({group.name, std::move(group.scripts)});
    }
    if (draft.routers.empty() && !report.has_errors()) {
        report.error({}, "no router is defined", "add a table [router.NAME]");
    }
    return complete(draft, Severity::error, report);
}

}  // namespace config
