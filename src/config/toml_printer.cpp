#include "config/toml_printer.hpp"

#include "config/toml_check_printer.hpp"
#include "config/toml_router_printer.hpp"
#include "config/toml_state_printer.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <utility>

namespace config {

namespace {

TomlTable describe_daemon(const DaemonSettings& daemon) {
    TomlTable table;
    table.path = {"daemon"};
    table.entries.push_back({.key = "announce_interval",
                             .value = toml_duration(daemon.announce_interval),
                             .is_default = daemon.announce_interval == vrrp::Duration::zero()});
    if (daemon.realtime_priority) {
        table.entries.push_back(
            {.key = "realtime_priority", .value = std::to_string(*daemon.realtime_priority)});
    }
    if (daemon.lock_memory) {
        table.entries.push_back({.key = "lock_memory", .value = toml_flag(*daemon.lock_memory)});
    }
    describe_state_fifos(daemon, table.entries);
    return table;
}

/// How many parts the router has that begins here.
std::size_t count_parts(std::span<const Router> routers) {
    const bool has_two = routers.size() > 1 && routers[0].name == routers[1].name;
    return has_two ? 2 : 1;
}

/// The names of the members of each group, the one that breaks ties first; but for a router that
/// is a group only because it has addresses of both families.
std::vector<TomlTable> describe_groups(std::span<const Router> routers,
                                       const std::vector<Group>& known) {
    std::vector<std::pair<std::string, std::vector<std::string>>> groups;
    std::map<std::string, std::size_t> indices;
    for (; !routers.empty(); routers = routers.subspan(count_parts(routers))) {
        const Router& router = routers.front();
        const bool is_own = router.group == router.name && count_parts(routers) == 2;
        if (router.group.empty() || is_own) {
            continue;
        }
        const auto [found, is_new] = indices.try_emplace(router.group, groups.size());
        if (is_new) {
            groups.push_back({router.group, {}});
        }
        std::vector<std::string>& members = groups[found->second].second;
        members.insert(router.protocol.breaks_ties ? members.begin() : members.end(), router.name);
    }
    std::vector<TomlTable> tables;
    for (const auto& [name, members] : groups) {
        TomlTable table;
        table.path = {"group", name};
        table.entries.push_back({.key = "routers", .value = toml_texts(members)});
        const auto own = std::ranges::find(known, name, &Group::name);
        if (own != known.end()) {
            describe_state_scripts(own->scripts, table.entries);
        }
        tables.push_back(std::move(table));
    }
    return tables;
}

}  // namespace

std::vector<TomlTable> describe(const Config& config, std::string_view host) {
    std::vector<TomlTable> tables = {describe_daemon(config.daemon)};
    std::map<std::string, std::optional<int>> weights;
    for (const health::CheckConfig& check : config.checks) {
        tables.push_back(describe_check(check));
        weights.emplace(check.name, check.weight);
    }
    for (std::span<const Router> rest = config.routers; !rest.empty();
         rest = rest.subspan(count_parts(rest))) {
        std::ranges::move(describe_router(rest.first(count_parts(rest)), weights, host),
                          std::back_inserter(tables));
    }
    std::ranges::move(describe_groups(config.routers, config.groups), std::back_inserter(tables));
    return tables;
}

std::string print_toml(const Config& config, std::string_view host, const TomlWish& wish) {
    return write_toml({}, describe(config, host), wish);
}

}  // namespace config
