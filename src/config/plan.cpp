#include "config/plan.hpp"

#include "config/label.hpp"
#include "config/plan_lines.hpp"
#include "config/sameness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <utility>

namespace config {

namespace {

void tell(Plan& plan, const std::string& subject, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
        plan.lines.push_back(fmt::format("{}: {}", subject, line));
    }
}

void plan_checks(const Config& running, const Config& wanted, Plan& plan) {
    for (const health::CheckConfig& check : wanted.checks) {
        const health::CheckConfig* const before = find_check(running, check.name);
        Action action = before == nullptr ? Action::start : Action::keep;
        if (before == nullptr) {
            plan.lines.push_back(fmt::format("check {}: starts", check.name));
        } else if (*before != check) {
            action = Action::adjust;
            tell(plan, "check " + check.name, differences(*before, check));
        }
        plan.checks.push_back({action, check.name});
    }
    for (const health::CheckConfig& check : running.checks) {
        if (find_check(wanted, check.name) == nullptr) {
            plan.checks.push_back({Action::stop, check.name});
            plan.lines.push_back(fmt::format("check {}: stops", check.name));
        }
    }
}

Action plan_router(const Router& before, const Router& router, Plan& plan) {
    if (means_same(before, router)) {
        return Action::keep;
    }
    const std::string subject = "router " + label_of(router);
    auto lines = differences(before, router);
    const std::size_t moving = what_moves(before, router).size();
    for (std::size_t index = 0; index < moving; ++index) {
        lines[index] += ", which moves this router: it stops and starts";
    }
    tell(plan, subject, lines);
    return moving > 0 ? Action::move : Action::adjust;
}

void plan_routers(const Config& running, const Config& wanted, Plan& plan) {
    using Key = std::pair<std::string_view, vrrp::Family>;
    const auto key_of = [](const Router& router) {
        return Key(router.name, router.protocol.family());
    };
    std::map<Key, const Router*> before;
    for (const Router& router : running.routers) {
        before.emplace(key_of(router), &router);
    }
    std::set<Key> seen;
    for (const Router& router : wanted.routers) {
        seen.insert(key_of(router));
        const auto found = before.find(key_of(router));
        Action action = Action::start;
        if (found != before.end()) {
            action = plan_router(*found->second, router, plan);
        } else {
            plan.lines.push_back(fmt::format("router {}: starts", label_of(router)));
        }
        plan.routers.push_back({action, router.name, router.protocol.family()});
    }
    for (const Router& router : running.routers) {
        if (!seen.contains(key_of(router))) {
            plan.routers.push_back({Action::stop, router.name, router.protocol.family()});
            plan.lines.push_back(fmt::format("router {}: stops", label_of(router)));
        }
    }
}

/// Routers that are in or out of a group are told as such.
void plan_groups(const Config& running, const Config& wanted, Plan& plan) {
    for (const Group& group : wanted.groups) {
        const auto before = std::ranges::find(running.groups, group.name, &Group::name);
        const StateScripts none;
        if (group.scripts != (before == running.groups.end() ? none : before->scripts)) {
            plan.lines.push_back(fmt::format("group {}: state scripts changed", group.name));
        }
    }
}

}  // namespace

Plan plan(const Config& running, const Config& wanted) {
    Plan plan;
    tell(plan, "daemon", differences(running.daemon, wanted.daemon));
    plan_checks(running, wanted, plan);
    plan_routers(running, wanted, plan);
    plan_groups(running, wanted, plan);
    return plan;
}

const health::CheckConfig* find_check(const Config& config, std::string_view name) {
    const auto found = std::ranges::find(config.checks, name, &health::CheckConfig::name);
    return found != config.checks.end() ? &*found : nullptr;
}

}  // namespace config
