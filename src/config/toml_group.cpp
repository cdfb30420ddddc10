#include "config/toml_group.hpp"

#include "config/nearest.hpp"
#include "config/text.hpp"
#include "config/toml_section.hpp"
#include "config/toml_state_scripts.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>

namespace config {

namespace {

constexpr std::size_t max_members = 1000;

using Names = std::vector<Placed<std::string>>;

std::optional<Names> names_of(const TomlNode& node, TomlSection& section, Report& report) {
    const bool is_list = node.kind() == TomlKind::list;
    const std::vector<TomlNode> items = is_list ? node.items() : std::vector<TomlNode>();
    if (items.empty() || items.size() > max_members) {
        report.error(node.place(),
                     fmt::format("routers is {}, expected a list of 1 to {} names of routers",
                                 is_list ? fmt::format("a list of {}", items.size())
                                         : std::string(node.kind_text()),
                                 max_members),
                     "write routers = [\"k8s-api\", \"ingress\"]");
        return std::nullopt;
    }
    Names names;
    for (const TomlNode& item : items) {
        if (const auto name = section.text_of("the name of a router", item, "text in quotes")) {
            names.push_back({*name, item.place()});
        }
    }
    return names;
}

/// Puts routers into groups.
class Grouper {
public:
    Grouper(std::vector<RouterDraft>& routers, Report& report)
        : routers_(routers), report_(report) {
        for (std::size_t index = 0; index < routers.size(); ++index) {
            parts_[routers[index].router.name].push_back(index);
        }
    }

    void apply(const TomlGroup& group) {
        const bool has_namesake =
            parts_.contains(group.name) &&
            std::ranges::find(group.routers, group.name, &Placed<std::string>::value) ==
                group.routers.end();
        if (has_namesake) {
            report_.error(
                group.place,
                fmt::format("group {} has the name of a router that is not in it", group.name),
                "give the group a name of its own");
        }
        bool is_first = true;
        for (const Placed<std::string>& member : group.routers) {
            join(group, member, std::exchange(is_first, false));
        }
        if (group.routers.size() == 1 && parts_[group.routers.front().value].size() == 1) {
            report_.warning(group.place,
                            fmt::format("group {} has one router, which it keeps together with "
                                        "nobody",
                                        group.name));
        }
    }

private:
    void join(const TomlGroup& group, const Placed<std::string>& member, bool is_first) {
        const auto parts = parts_.find(member.value);
        if (parts == parts_.end() || parts->second.empty()) {
            std::vector<std::string> known;
            for (const RouterDraft& router : routers_) {
                known.push_back(router.router.name);
            }
            report_.error(member.place,
                          fmt::format("there is no router {}", in_quotes(member.value)),
                          suggest(member.value, known));
            return;
        }
        const auto [first, is_new] = groups_.try_emplace(member.value, group.name);
        if (!is_new) {
            report_.error(
                member.place,
                fmt::format("router {} is in the group {} already", member.value, first->second),
                "a router is in one group, once");
            return;
        }
        for (const std::size_t index : parts->second) {
            Router& router = routers_[index].router;
            router.group = group.name;
            router.protocol.is_grouped = true;
            router.protocol.breaks_ties = is_first && index == parts->second.front();
        }
    }

    std::vector<RouterDraft>& routers_;
    Report& report_;
    std::map<std::string, std::vector<std::size_t>> parts_;  ///< of each router, by its name
    std::map<std::string, std::string> groups_;              ///< of each router, by its name
};

}  // namespace

TomlGroup read_toml_group(const std::string& name, const TomlNode& table, std::string_view host,
                          Report& report) {
    TomlSection section(TomlSectionKind::group, fmt::format("group {}", name), table, host, report);
    if (const auto valid = to_name("the group's name", name); !valid) {
        report.error(section.place(), valid.error());
    }
    section.require("routers", "[\"k8s-api\", \"ingress\"]");
    const auto names = section.value(
        "routers", [&](const TomlNode& node) { return names_of(node, section, report); });
    StateScripts scripts = read_toml_state_scripts(section, report);
    section.finish();
    return {name, section.place(), names.value_or(Names()), std::move(scripts)};
}

void apply_toml_groups(const std::vector<TomlGroup>& groups, std::vector<RouterDraft>& routers,
                       Report& report) {
    Grouper grouper(routers, report);
    for (const TomlGroup& group : groups) {
        grouper.apply(group);
    }
}

}  // namespace config
