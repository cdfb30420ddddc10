#include "key_documents.hpp"
#include "config/toml_keys.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

namespace {

using config::TomlForm;
using config::TomlKey;
using config::TomlSectionKind;
using nlohmann::ordered_json;

constexpr std::string_view says_what = "—";  // a key that says what a check looks at

constexpr std::array<std::pair<TomlSectionKind, std::string_view>, 7> sections = {
    {{TomlSectionKind::router, "router"},
     {TomlSectionKind::hmac, "hmac"},
     {TomlSectionKind::peer, "peer"},
     {TomlSectionKind::use, "use"},
     {TomlSectionKind::check, "check"},
     {TomlSectionKind::group, "group"},
     {TomlSectionKind::daemon, "daemon"}}};

std::vector<std::string> split(std::string_view text, char sign) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(sign), text.size());
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

ordered_json reference(const std::string& name) {
    return {{"$ref", "#/definitions/" + name}};
}

ordered_json text_of(const TomlKey& key) {
    ordered_json text = {{"type", "string"}, {"minLength", 1}};
    const bool is_list = key.form == TomlForm::texts || key.form == TomlForm::secrets ||
                         key.form == TomlForm::text_or_texts;
    if (key.last > 0 && !is_list) {
        text["maxLength"] = key.last;
    }
    return text;
}

ordered_json list_of(const TomlKey& key, ordered_json items) {
    ordered_json list = {{"type", "array"}, {"items", std::move(items)}, {"minItems", key.first}};
    if (key.last > 0) {
        list["maxItems"] = key.last;
    }
    return list;
}

ordered_json whole(int first, int last) {
    return {{"type", "integer"}, {"minimum", first}, {"maximum", last}};
}

/// A status, a range of them, or a list of both.
ordered_json statuses(const TomlKey& key) {
    const ordered_json one = {
        {"anyOf",
         {whole(key.first, key.last),
          {{"type", "string"}, {"pattern", "^[1-5][0-9][0-9](-[1-5][0-9][0-9])?$"}}}}};
    return {{"anyOf", {one, {{"type", "array"}, {"items", one}, {"minItems", 1}}}}};
}

/// Secrets by number, or those of each host.
ordered_json keys() {
    const ordered_json secret = {{"type", "string"},
                                 {"pattern", "^(text:|hex:|file:/|credential:)"}};
    return {{"type", "object"},
            {"additionalProperties", {{"anyOf", {secret, reference("hmac-keys")}}}}};
}

ordered_json value_of(const TomlKey& key) {
    switch (key.form) {
        case TomlForm::flag: return {{"type", "boolean"}};
        case TomlForm::whole: return whole(key.first, key.last);
        case TomlForm::text:
        case TomlForm::secret: return text_of(key);
        case TomlForm::path: return {{"type", "string"}, {"pattern", "^/"}};
        case TomlForm::duration:
            return {{"type", "string"}, {"pattern", "^[0-9]{1,6}(\\.[0-9]{1,3})?(ms|s|m|h)$"}};
        case TomlForm::choice: return {{"enum", split(key.choices, '|')}};
        case TomlForm::versions: return {{"enum", {key.first, key.last}}};
        case TomlForm::texts:
        case TomlForm::secrets: return list_of(key, text_of(key));
        case TomlForm::text_or_texts:
            return {{"anyOf", {text_of(key), list_of(key, text_of(key))}}};
        case TomlForm::uses:
            return list_of(key, {{"anyOf", {{{"type", "string"}}, reference("use")}}});
        case TomlForm::peers:
            return list_of(key, {{"anyOf", {{{"type", "string"}}, reference("peer")}}});
        case TomlForm::status: return statuses(key);
        case TomlForm::main_or_number:
            return {{"anyOf", {{{"const", "main"}}, {{"type", "integer"}, {"minimum", 1}}}}};
        case TomlForm::keys: return keys();
        case TomlForm::section: break;
    }
    return reference("hmac");
}

std::string definition_name(std::string_view section, const TomlKey& key) {
    const std::string group = key.probes.empty() ? "" : split(key.probes, ' ').front() + '-';
    return fmt::format("{}-{}{}", section, group, key.key);
}

/// A value, or one for each host; an unquoted name with dots is a table within a table.
ordered_json definition_of(const std::string& name, const TomlKey& key) {
    ordered_json definition = {
        {"description",
         fmt::format("{} Default: {}. Example: {}", key.meaning,
                     key.fallback == says_what ? "none" : key.fallback, key.example)}};
    if (key.form == TomlForm::keys) {
        definition.update(value_of(key));
        return definition;
    }
    definition["anyOf"] = {value_of(key),
                           {{"type", "object"}, {"additionalProperties", reference(name)}}};
    return definition;
}

ordered_json table_of(const ordered_json& properties, const std::vector<std::string>& required) {
    ordered_json table = {
        {"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
    if (!required.empty()) {
        table["required"] = required;
    }
    return table;
}

ordered_json plain_table(TomlSectionKind section, std::string_view name) {
    ordered_json properties;
    std::vector<std::string> required;
    for (const TomlKey& key : config::toml_keys(section)) {
        const bool is_section = key.form == TomlForm::section;
        properties[std::string(key.key)] =
            is_section ? value_of(key) : reference(definition_name(name, key));
        if (key.fallback == "required") {
            required.emplace_back(key.key);
        }
    }
    return table_of(properties, required);
}

/// Whether a key goes with one of these probes.
bool goes_with(const TomlKey& key, const std::vector<std::string>& probes) {
    return key.probes.empty() ||
           std::ranges::any_of(split(key.probes, ' '), [&](const auto& probe) {
               return std::ranges::find(probes, probe) != probes.end();
           });
}

/// The table of a check with one of the probes that share their keys.
ordered_json check_table_with(const std::vector<std::string>& probes) {
    ordered_json properties;
    std::vector<std::string> required;
    ordered_json leads = ordered_json::array();
    for (const TomlKey& key : config::toml_keys(TomlSectionKind::check)) {
        if (!goes_with(key, probes)) {
            continue;
        }
        properties[std::string(key.key)] = reference(definition_name("check", key));
        if (key.fallback == says_what) {
            leads.push_back({{"required", {key.key}}});
        } else if (key.fallback == "required") {
            required.emplace_back(key.key);
        }
    }
    ordered_json table = table_of(properties, required);
    table["oneOf"] = leads;
    if (properties.contains("at_least")) {
        table["dependencies"] = {{"at_least", {"of"}}, {"of", {"at_least"}}};
    }
    return table;
}

ordered_json check_table() {
    std::vector<std::string> seen;
    ordered_json kinds = ordered_json::array();
    for (const TomlKey& key : config::toml_keys(TomlSectionKind::check)) {
        const std::string probes(key.probes);
        if (key.fallback == says_what && std::ranges::find(seen, probes) == seen.end()) {
            seen.push_back(probes);
            kinds.push_back(check_table_with(split(probes, ' ')));
        }
    }
    return {{"anyOf", kinds}};
}

/// What a table of the manual is about.
struct Heading {
    TomlSectionKind section;
    std::string probes;
};

std::optional<Heading> heading_of(const std::string& line) {
    if (line.starts_with("## [router.NAME]")) {
        return Heading{TomlSectionKind::router, ""};
    }
    if (line.starts_with("### [router.NAME.hmac]")) {
        return Heading{TomlSectionKind::hmac, ""};
    }
    if (line.starts_with("## [group.NAME]")) {
        return Heading{TomlSectionKind::group, ""};
    }
    if (line.starts_with("## [daemon]")) {
        return Heading{TomlSectionKind::daemon, ""};
    }
    if (line == "## For all checks") {
        return Heading{TomlSectionKind::check, ""};
    }
    if (line == "### From where, and TLS") {
        return Heading{TomlSectionKind::check, "http tcp tls"};
    }
    std::string probes;
    const std::vector<std::string> parts = split(line, '`');
    for (std::size_t index = 1; index < parts.size(); index += 2) {
        probes += (probes.empty() ? "" : " ") + parts[index];
    }
    return probes.empty() ? std::nullopt : std::optional(Heading{TomlSectionKind::check, probes});
}

std::string cell(std::string_view text) {
    std::string escaped;
    for (const char letter : text) {
        escaped += letter == '|' ? "\\|" : std::string(1, letter);
    }
    return escaped;
}

std::string rows_of(const Heading& heading) {
    std::string rows;
    for (const TomlKey& key : config::toml_keys(heading.section)) {
        if (key.probes == heading.probes) {
            rows +=
                fmt::format("| `{}` | {} | {} | {}{}|\n", key.key, cell(key.fallback),
                            cell(key.accepts), cell(key.example), key.example.empty() ? "" : " ");
        }
    }
    return rows;
}

}  // namespace

std::string make_schema() {
    ordered_json definitions;
    for (const auto& [section, name] : sections) {
        for (const TomlKey& key : config::toml_keys(section)) {
            if (key.form != TomlForm::section) {
                const std::string definition = definition_name(name, key);
                definitions[definition] = definition_of(definition, key);
            }
        }
        definitions[std::string(name)] =
            section == TomlSectionKind::check ? check_table() : plain_table(section, name);
    }
    const auto named = [](const std::string& name) -> ordered_json {
        return {{"type", "object"}, {"additionalProperties", reference(name)}};
    };
    ordered_json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                           {"title", "Understudy's configuration"},
                           {"type", "object"},
                           {"properties",
                            {{"router", named("router")},
                             {"check", named("check")},
                             {"group", named("group")},
                             {"daemon", reference("daemon")}}},
                           {"required", {"router"}},
                           {"additionalProperties", false},
                           {"definitions", definitions}};
    return schema.dump(2) + '\n';
}

std::string with_key_tables(std::string_view page) {
    std::istringstream lines{std::string(page)};
    std::string result;
    std::optional<Heading> heading;
    bool is_in_table = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('#')) {
            heading = heading_of(line);
        }
        if (line.starts_with("| key | default |") && heading) {
            is_in_table = true;
            result += line + "\n|---|---|---|---|\n" + rows_of(*heading);
        }
        is_in_table = is_in_table && line.starts_with('|');
        result += is_in_table ? "" : line + '\n';
    }
    return result;
}
