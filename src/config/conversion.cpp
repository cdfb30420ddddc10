#include "config/conversion.hpp"

#include "config/comments.hpp"
#include "config/format.hpp"
#include "config/keepalived_lines.hpp"
#include "config/load.hpp"
#include "config/sameness.hpp"
#include "config/text.hpp"
#include "config/toml_lines.hpp"
#include "config/toml_merge.hpp"
#include "config/toml_printer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace config {

namespace {

/// One host's reading of a file.
struct Reading {
    const ConversionInput* input;
    std::string host;
    Config config;
    std::map<std::string, const Router*> routers;  ///< of the configuration, by name
};

/// By the name of the router.
using HostsOfRouters = std::map<std::string, std::set<std::string>>;

/// Leaves of the others' priorities those of these hosts, each by its full name, which counts
/// before its first part.
void keep_priorities(const std::set<std::string>& hosts, Router& router) {
    std::map<std::string, std::uint8_t> found;
    for (std::size_t index = 0; index < router.others.size(); ++index) {
        if (hosts.contains(router.other_hosts[index])) {
            found.emplace(router.other_hosts[index], router.others[index]);
        }
    }
    for (const std::string& host : hosts) {
        const auto short_name =
            std::ranges::find(router.other_hosts, host.substr(0, host.find('.')));
        if (short_name != router.other_hosts.end()) {
            const auto index = short_name - router.other_hosts.begin();
            found.try_emplace(host, router.others[static_cast<std::size_t>(index)]);
        }
    }
    router.others.clear();
    router.other_hosts.clear();
    router.protocol.rival_priority = 0;
    for (const auto& [host, priority] : found) {
        router.others.push_back(priority);
        router.other_hosts.push_back(host);
        router.protocol.rival_priority = std::max(router.protocol.rival_priority, priority);
    }
}

/// A configuration in an order that does not depend on the file's, with the priorities of these
/// hosts alone: a file may name one host twice, in full and by the first part of its name.
Config comparable(Config config, const HostsOfRouters& hosts) {
    for (Router& router : config.routers) {
        const auto known = hosts.find(router.name);
        keep_priorities(known == hosts.end() ? std::set<std::string>() : known->second, router);
    }
    std::ranges::sort(config.checks, {}, &health::CheckConfig::name);
    std::ranges::stable_sort(config.routers, {}, &Router::name);
    return config;
}

/// Whether all scripts run as one user, as in TOML.
bool is_of_one_user(const StateScripts& scripts) {
    const std::vector<const StateScript*> all = scripts_of(scripts);
    return std::ranges::all_of(all, [&](const StateScript* script) {
        return script->user == all.front()->user && script->group == all.front()->group;
    });
}

class Converter {
public:
    explicit Converter(bool is_merge) : is_merge_(is_merge) {}

    void read(const ConversionInput& input) {
        const auto text = normalize(input.text);
        const std::string& normalized = text ? *text : input.text;
        const Format format = format_of(input.path, normalized);
        TomlLines toml;
        if (text && format == Format::toml) {
            toml = find_toml_lines(normalized);
        }
        const bool is_for_one = is_merge_ || toml.hosts.empty();
        const std::set<std::string> hosts = is_for_one ? std::set{input.host} : toml.hosts;
        const Diagnostics own = read_for(input, hosts);
        ConversionReport report{input.path, toml.lines};
        if (text && format == Format::keepalived) {
            report.lines = find_keepalived_lines(normalized, own, input.host);
            tell_other_hosts(input, report.lines);
        }
        if (text) {
            comments_.push_back(find_comments(normalized, format));
        }
        result_.reports.push_back(std::move(report));
    }

    Conversion convert() {
        for (Reading& reading : readings_) {
            for (const Router& router : reading.config.routers) {
                reading.routers.emplace(router.name, &router);
            }
        }
        if (!has_errors(result_.diagnostics)) {
            std::vector<HostTables> hosts;
            for (const Reading& reading : readings_) {
                hosts.push_back({reading.host, tables_of(reading)});
            }
            auto tables = hosts.size() == 1 ? std::move(hosts.front().tables) : merge(hosts);
            if (!has_errors(result_.diagnostics)) {
                name_priorities(tables);
                write(tables);
            }
        }
        return std::move(result_);
    }

private:
    /// Reads the file as each of the hosts, and gives what is said of it. A host that only some of
    /// the values name, where others do without it, is none that the file is for.
    Diagnostics read_for(const ConversionInput& input, const std::set<std::string>& hosts) {
        Diagnostics told;
        Diagnostics left_out;
        bool has_one = false;
        for (const std::string& host : hosts) {
            Loaded loaded = load_text(input.path, input.text, {.host = host, .config_id = ""},
                                      Includes::opened);
            for (const Diagnostic& diagnostic : loaded.diagnostics) {
                Diagnostics& list = loaded.config ? told : left_out;
                // Each host of one file says much the same.
                if (std::ranges::find(list, diagnostic) == list.end()) {
                    list.push_back(diagnostic);
                }
            }
            if (loaded.config) {
                has_one = true;
                readings_.push_back({&input, host, std::move(*loaded.config), {}});
            }
        }
        for (Diagnostic& diagnostic : left_out) {
            diagnostic.severity = has_one ? Severity::warning : diagnostic.severity;
            if (std::ranges::find(told, diagnostic) == told.end()) {
                told.push_back(diagnostic);
            }
        }
        result_.diagnostics.insert(result_.diagnostics.end(), told.begin(), told.end());
        return told;
    }

    /// What the file says of other hosts is not in the result.
    void tell_other_hosts(const ConversionInput& input, const std::vector<ConvertedLine>& lines) {
        const auto first = std::ranges::find_if(
            lines, [](const ConvertedLine& line) { return line.word.starts_with('@'); });
        if (first != lines.end()) {
            result_.diagnostics.push_back(
                {Severity::warning,
                 input.path,
                 {first->line, 1},
                 fmt::format("lines for other hosts than {} are left out", input.host),
                 "--host NAME says for which one the file is read; --merge lb-master=FILE "
                 "lb-backup=FILE makes one of all"});
        }
    }

    /// The others' priorities come of putting the hosts together.
    [[nodiscard]] std::vector<TomlTable> tables_of(const Reading& reading) const {
        Config config = reading.config;
        for (Router& router : config.routers) {
            if (readings_.size() > 1) {
                router.others.clear();
                router.other_hosts.clear();
            }
        }
        return describe(config, reading.host);
    }

    std::vector<TomlTable> merge(const std::vector<HostTables>& hosts) {
        auto merged = merge_tables(hosts);
        if (merged) {
            return std::move(*merged);
        }
        for (const MergeConflict& conflict : merged.error()) {
            tell(conflict);
        }
        return {};
    }

    /// Whom a router's priorities are told of: the hosts, and those that only a priority names.
    [[nodiscard]] std::map<std::string, int> priorities_of(const std::string& router) const {
        std::map<std::string, int> priorities;
        for (const Reading& reading : readings_) {
            priorities[reading.host] = reading.routers.at(router)->protocol.priority;
        }
        for (const Reading& reading : readings_) {
            const Router* const own = reading.routers.at(router);
            for (std::size_t index = 0; index < own->others.size(); ++index) {
                if (!is_host(own->other_hosts[index])) {
                    priorities.try_emplace(own->other_hosts[index], own->others[index]);
                }
            }
        }
        return priorities;
    }

    /// Whether a name is that of a host that the result is for, in full or by its first part.
    [[nodiscard]] bool is_host(const std::string& name) const {
        return std::ranges::any_of(readings_, [&name](const Reading& reading) {
            return reading.host == name || reading.host.substr(0, reading.host.find('.')) == name;
        });
    }

    /// A file that gave priorities by host told each host of the others, also where all are equal.
    void name_priorities(std::vector<TomlTable>& tables) const {
        for (TomlTable& table : tables) {
            const bool is_router = table.path.size() == 2 && table.path.front() == "router";
            if (!is_router || readings_.front().routers.at(table.path[1])->others.empty()) {
                continue;
            }
            std::vector<std::string> values;
            for (const auto& [host, priority] : priorities_of(table.path[1])) {
                values.push_back(fmt::format("{} = {}", toml_key(host), priority));
            }
            const auto entry = std::ranges::find(table.entries, "priority", &TomlEntry::key);
            entry->value = fmt::format("{{ {} }}", fmt::join(values, ", "));
            entry->is_default = false;
        }
    }

    void tell(const MergeConflict& conflict) {
        const auto [path, place] = place_of(conflict, conflict.host);
        const auto [other_path, other_place] = place_of(conflict, conflict.other_host);
        const std::string table = fmt::format("{}", fmt::join(conflict.path, " "));
        const std::string what =
            conflict.key.empty() ? table : fmt::format("{} of {}", conflict.key, table);
        result_.diagnostics.push_back(
            {Severity::error, path, place,
             fmt::format("{} stands here for host {}, and host {} has none ({}{})", what,
                         conflict.host, conflict.other_host, other_path,
                         other_place.line == 0 ? "" : fmt::format(":{}", other_place.line)),
             "one file can't say this: give both hosts the same, or convert each by itself"});
    }

    /// Where a host's file says something: the line that became this key, else its table.
    [[nodiscard]] std::pair<std::string, Place> place_of(const MergeConflict& conflict,
                                                         const std::string& host) const {
        const auto reading = std::ranges::find(readings_, host, &Reading::host);
        const std::string& path = reading->input->path;
        const auto report = std::ranges::find(result_.reports, path, &ConversionReport::path);
        const ConvertedLine* best = nullptr;
        for (const ConvertedLine& line : report->lines) {
            const bool is_better =
                line.path == conflict.path &&
                (best == nullptr || (line.key == conflict.key && best->key != conflict.key));
            best = is_better ? &line : best;
        }
        return {path, best == nullptr ? Place{} : Place{best->line, 1}};
    }

    void write(std::vector<TomlTable>& tables) {
        LooseComments loose;
        for (std::size_t index = 0; index < comments_.size(); ++index) {
            attach_comments(comments_[index], result_.reports[index].lines, tables, loose);
        }
        std::string text = write_toml(loose.head, tables, {});
        for (const std::string& comment : loose.tail) {
            text += fmt::format("# {}\n", comment);
        }
        for (const Reading& reading : readings_) {
            verify(reading, text);
        }
        if (!has_errors(result_.diagnostics)) {
            result_.text = std::move(text);
        }
    }

    /// Whose priorities a file told of each router: what hosts learn of each other beside that,
    /// from being put into one file, is no difference.
    [[nodiscard]] HostsOfRouters known_hosts(const Reading& reading) const {
        HostsOfRouters known;
        for (const Router& router : reading.config.routers) {
            std::set<std::string>& hosts = known[router.name];
            hosts.insert(router.other_hosts.begin(), router.other_hosts.end());
            for (const Reading& other : readings_) {
                if (hosts.erase(other.host.substr(0, other.host.find('.'))) > 0) {
                    hosts.insert(other.host);
                }
            }
        }
        return known;
    }

    /// Nothing is given out that does not say what the file said.
    void verify(const Reading& reading, const std::string& text) {
        const Loaded loaded = load_text("understudy.toml", text, reading.host);
        const HostsOfRouters hosts = known_hosts(reading);
        const bool is_same = loaded.config && means_same(comparable(*loaded.config, hosts),
                                                         comparable(reading.config, hosts));
        if (is_same) {
            return;
        }
        const auto error =
            std::ranges::find(loaded.diagnostics, Severity::error, &Diagnostic::severity);
        const std::string why =
            error == loaded.diagnostics.end() ? unsayable_in_toml(reading.config) : error->message;
        result_.diagnostics.push_back(
            {Severity::error,
             reading.input->path,
             {},
             fmt::format("TOML can't say what this file says for host {}{}", reading.host,
                         why.empty() ? "" : ": " + why),
             "go on with the file as it is: it is read wherever TOML is"});
    }

    bool is_merge_;
    std::vector<Reading> readings_;
    std::vector<std::vector<Comment>> comments_;  ///< of each file
    Conversion result_;
};

}  // namespace

std::string unsayable_in_toml(const Config& config) {
    for (const Router& router : config.routers) {
        if (!is_of_one_user(router.scripts)) {
            return fmt::format("the state scripts of router {} run as several users", router.name);
        }
    }
    for (const Group& group : config.groups) {
        if (!is_of_one_user(group.scripts)) {
            return fmt::format("the state scripts of group {} run as several users", group.name);
        }
    }
    return config.daemon.state_fifos.size() > 1 ? "there are two FIFOs" : "";
}

std::string_view to_text(LineClass line_class) {
    switch (line_class) {
        case LineClass::honoured: return "honoured";
        case LineClass::translated: return "translated";
        case LineClass::without_effect: return "without effect";
        case LineClass::unsupported: break;
    }
    return "not supported";
}

Conversion convert(const ConversionInput& input) {
    Converter converter(false);
    converter.read(input);
    return converter.convert();
}

Conversion convert_merged(const std::vector<ConversionInput>& inputs) {
    Converter converter(true);
    for (const ConversionInput& input : inputs) {
        converter.read(input);
    }
    return converter.convert();
}

}  // namespace config
