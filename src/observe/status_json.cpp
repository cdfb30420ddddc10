#include "observe/status_json.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>

namespace observe {

namespace {

using nlohmann::ordered_json;

/// RFC 3339 in UTC with milliseconds.
std::string to_text(engine::WallTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(time - day));
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

ordered_json to_json(const std::optional<vrrp::IpAddress>& address) {
    return address ? ordered_json(address->to_text()) : ordered_json(nullptr);
}

double to_milliseconds(vrrp::Duration duration) {
    return static_cast<double>(std::chrono::floor<std::chrono::microseconds>(duration).count()) /
           1000.0;
}

ordered_json to_json(const os::Lag& lag) {
    return {
        {"lag_max_ms", to_milliseconds(lag.greatest)},
        {"lag_recent_ms", to_milliseconds(lag.recent)},
        {"late_wake_ups", lag.late_wake_ups},
    };
}

ordered_json to_json(const engine::Counters& counters) {
    return {
        {"advertisements_sent", counters.advertisements_sent},
        {"advertisements_received", counters.advertisements_received},
        {"became_master", counters.became_master},
        {"addresses_restored", counters.addresses_restored},
        {"addresses_claimed", counters.addresses_claimed},
        {"second_master_heard", counters.second_master_heard},
        {"refused", ordered_json(counters.refused)},
    };
}

ordered_json to_json(const std::optional<engine::Contest>& contest) {
    return contest ? ordered_json{{"at", to_text(contest->at)}, {"what", contest->what}}
                   : ordered_json(nullptr);
}

ordered_json to_json(const engine::ProcessSnapshot& process) {
    return {
        {"realtime_priority", process.realtime_priority ? ordered_json(*process.realtime_priority)
                                                        : ordered_json(nullptr)},
        {"memory_locked", process.is_memory_locked},
    };
}

ordered_json to_json(const engine::ConfigurationSnapshot& configuration) {
    const auto& failed_at = configuration.failed_at;
    return {
        {"loaded_at", to_text(configuration.loaded_at)},
        {"reloads_good", configuration.reloads_good},
        {"reloads_failed", configuration.reloads_failed},
        {"last_failure",
         failed_at ? ordered_json{{"at", to_text(*failed_at)}, {"reason", configuration.failure}}
                   : ordered_json(nullptr)},
    };
}

ordered_json to_json(const engine::RouterSnapshot& router) {
    ordered_json addresses = ordered_json::array();
    for (const vrrp::VirtualAddress& address : router.addresses) {
        addresses.push_back(vrrp::to_text(address));
    }
    ordered_json checks = ordered_json::array();
    for (const engine::PriorityPart& part : router.parts) {
        checks.push_back({{"name", part.check},
                          {"priority_change",
                           part.change ? ordered_json(*part.change) : ordered_json(nullptr)}});
    }
    return {
        {"name", router.name},
        {"interface", router.interface},
        {"family", router.family == vrrp::Family::ipv4 ? "ipv4" : "ipv6"},
        {"version", static_cast<int>(router.version)},
        {"interval_ms", std::chrono::floor<std::chrono::milliseconds>(router.interval).count()},
        {"group", router.group.empty() ? ordered_json(nullptr) : ordered_json(router.group)},
        {"vrid", router.virtual_router_id},
        {"state", vrrp::to_text(router.state)},
        {"since", to_text(router.since)},
        {"reason", router.reason},
        {"priority", router.priority},
        {"base_priority", router.base_priority},
        {"source", to_json(router.source)},
        {"master", to_json(router.master)},
        {"addresses", std::move(addresses)},
        {"lease_seconds",
         router.lease ? ordered_json(router.lease->count()) : ordered_json(nullptr)},
        {"checks", std::move(checks)},
        {"contest", to_json(router.contest)},
        {"counters", to_json(router.counters)},
    };
}

ordered_json to_json(const engine::CheckSnapshot& check) {
    return {
        {"name", check.name},
        {"probe", check.probe},
        {"verdict", health::to_text(check.verdict)},
        {"detail", check.detail},
        {"warning", check.warning.empty() ? ordered_json(nullptr) : ordered_json(check.warning)},
        {"good_results", check.results.good},
        {"bad_results", check.results.bad},
        {"since", check.since ? ordered_json(to_text(*check.since)) : ordered_json(nullptr)},
    };
}

ordered_json to_json(const std::optional<engine::ScriptResult>& result) {
    if (!result) {
        return nullptr;
    }
    return {
        {"script", result->script},
        {"state", result->state},
        {"good", result->is_good},
        {"detail", result->detail},
        {"duration_ms", to_milliseconds(result->duration)},
        {"ended_at", to_text(result->ended_at)},
    };
}

ordered_json to_json(const engine::ScriptSnapshot& scripts) {
    return {
        {"kind", scripts.is_group ? "group" : "router"},
        {"name", scripts.name},
        {"running",
         scripts.running.empty() ? ordered_json(nullptr) : ordered_json(scripts.running)},
        {"runs", scripts.counters.runs},
        {"failures", scripts.counters.failures},
        {"passed_over", scripts.counters.passed_over},
        {"last", to_json(scripts.last)},
    };
}

ordered_json to_json(const engine::FifoSnapshot& fifo) {
    return {
        {"path", fifo.path},
        {"problem", fifo.problem.empty() ? ordered_json(nullptr) : ordered_json(fifo.problem)},
        {"lines_written", fifo.lines_written},
        {"lines_waiting", fifo.lines_waiting},
        {"lines_lost", fifo.lines_lost},
    };
}

}  // namespace

std::string status_json(const engine::Snapshot& snapshot) {
    ordered_json document = {
        {"host", snapshot.host},
        {"version", snapshot.version},
        {"pid", snapshot.pid},
        {"taken_at", to_text(snapshot.taken_at)},
        {"started_at", to_text(snapshot.started_at)},
        {"process", to_json(snapshot.process)},
        {"configuration", to_json(snapshot.configuration)},
        {"loop", to_json(snapshot.lag)},
        {"routers", ordered_json::array()},
        {"checks", ordered_json::array()},
        {"state_scripts", ordered_json::array()},
        {"state_fifos", ordered_json::array()},
    };
    for (const engine::RouterSnapshot& router : snapshot.routers) {
        document["routers"].push_back(to_json(router));
    }
    for (const engine::CheckSnapshot& check : snapshot.checks) {
        document["checks"].push_back(to_json(check));
    }
    for (const engine::ScriptSnapshot& scripts : snapshot.scripts) {
        document["state_scripts"].push_back(to_json(scripts));
    }
    for (const engine::FifoSnapshot& fifo : snapshot.fifos) {
        document["state_fifos"].push_back(to_json(fifo));
    }
    // What a script printed need not be UTF-8: it is shown as well as can be.
    return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace observe
