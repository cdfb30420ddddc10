#include "health/probe.hpp"
#include "cli/commands.hpp"
#include "cli/diagnostics.hpp"
#include "cli/paint.hpp"
#include "cli/print.hpp"
#include "config/diagnostic.hpp"
#include "config/load.hpp"
#include "engine/host_probes.hpp"
#include "health/check.hpp"
#include "health/combination.hpp"
#include "health/priority.hpp"
#include "net/link_mirror.hpp"
#include "os/loop.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace cli {

namespace {

constexpr int bad = 1;
constexpr int failure = 2;

/// How long an answer may take beyond the check's own time limit.
constexpr vrrp::Duration margin = std::chrono::seconds(1);

const health::CheckConfig* find(const config::Config& config, const std::string& name) {
    const auto found = std::ranges::find(config.checks, name, &health::CheckConfig::name);
    return found == config.checks.end() ? nullptr : &*found;
}

std::string no_such_check(const config::Config& config, const std::string& path,
                          const std::string& name) {
    std::vector<std::string> names;
    for (const health::CheckConfig& check : config.checks) {
        names.push_back(check.name);
    }
    return names.empty() ? fmt::format("understudy: {} has no checks for this host\n", path)
                         : fmt::format("understudy: {} has no check {} for this host; it has {}\n",
                                       path, name, fmt::join(names, ", "));
}

/// "   0.4 ms  connected to 127.0.0.1 port 6443"
void print_step(vrrp::Duration since, const std::string& step) {
    const double milliseconds = std::chrono::duration<double, std::milli>(since).count();
    (void)print_out(fmt::format("{:8.1f} ms  {}\n", milliseconds, step));
}

/// What the number of a good result does to a router that takes the check as it is.
std::string describe_number(const health::CheckConfig& check, int number) {
    const health::Opinion opinion{.verdict = health::Verdict::good,
                                  .weight = check.weight,
                                  .number = number,
                                  .adds_number = health::says_priority(check.probe)};
    const auto change = health::contribution(opinion);
    return change
               ? fmt::format("its number is {}: it changes the priority by {}\n", number, *change)
               : fmt::format("its number is {}: it takes the router out\n", number);
}

/// Runs probes of one configuration, each until its first result, and prints what they see.
class Trial {
public:
    explicit Trial(const config::Config& config)
        : config_(config), routers_(config::users_of_checks(config)) {}

    /// What the check makes of its probe's first result; unknown where there was none.
    health::Verdict run(const health::CheckConfig& check) {
        if (const auto known = verdicts_.find(check.name); known != verdicts_.end()) {
            return known->second;
        }
        const health::Verdict verdict = run_now(check);
        verdicts_.emplace(check.name, verdict);
        return verdict;
    }

private:
    health::Verdict run_now(const health::CheckConfig& check) {
        (void)print_out(fmt::format("check {}: {}\n", paint(check.name, Colour::bold),
                                    health::describe(check.probe)));
        const auto* const combination = std::get_if<health::CombinationConfig>(&check.probe);
        const auto result = combination != nullptr ? combine(*combination) : look(check);
        if (!result) {
            print_error(fmt::format("check {} has no result\n", check.name));
            return health::Verdict::unknown;
        }
        print_result(check, *result);
        return result->is_good != check.invert ? health::Verdict::good : health::Verdict::bad;
    }

    std::optional<health::ProbeResult> combine(const health::CombinationConfig& combination) {
        std::vector<health::MemberState> members;
        for (const std::string& name : combination.members) {
            members.push_back({name, run(*find(config_, name))});
        }
        return health::combine(combination.needed, members);
    }

    std::optional<health::ProbeResult> look(const health::CheckConfig& check) {
        std::optional<health::ProbeResult> result;
        auto loop = os::Loop::create();
        if (!loop) {
            print_error(loop.error().message() + "\n");
            return std::nullopt;
        }
        auto limit =
            loop->timer(os::Urgency::clients, [&](vrrp::Instant /*now*/) { loop->stop(failure); });
        if (!limit) {
            print_error(limit.error().message() + "\n");
            return std::nullopt;
        }
        const vrrp::Instant start = loop->now();
        limit->arm(start + check.interval + check.timeout + margin);
        if (std::holds_alternative<health::PeersProbeConfig>(check.probe)) {
            print_error("what a router hears, only the running daemon knows: understudy status\n");
            return std::nullopt;
        }
        auto links = net::LinkMirror::open(*loop, engine::interfaces_of_checks(config_),
                                           [](vrrp::Instant /*now*/) {});
        if (!links) {
            print_error(links.error().message() + "\n");
            return std::nullopt;
        }
        const engine::HostProbes::Links known_links(std::move(*links));
        const engine::HostProbes::Instances no_instances;
        engine::HostProbes host_probes(known_links, no_instances);
        health::StartedProbe probe = nullptr;
        probe = host_probes.start(
            check,
            {.loop = *loop,
             .report =
                 [&](const health::ProbeResult& found, vrrp::Instant /*now*/) {
                     result = found;
                     // Nothing of a next run may begin before the loop has stopped.
                     probe->reset();
                     loop->stop(0);
                 },
             .slot = {},
             .routers = routers_[check.name],
             .note = [&](const std::string& step) { print_step(loop->now() - start, step); }});
        if (!probe) {
            print_error(probe.error().message() + "\n");
            return std::nullopt;
        }
        if (const auto ended = loop->run(); !ended) {
            print_error(ended.error().message() + "\n");
        }
        return result;
    }

    static void print_result(const health::CheckConfig& check, const health::ProbeResult& result) {
        const bool is_good = result.is_good != check.invert;
        (void)print_out(fmt::format(
            "{}: {}{}\n", paint(is_good ? "good" : "bad", is_good ? Colour::green : Colour::red),
            result.detail, check.invert ? " (inverted)" : ""));
        if (result.number) {
            (void)print_out(describe_number(check, *result.number));
        }
        if (!result.warning.empty()) {
            (void)print_out(
                fmt::format("{}: {}\n", paint("warning", Colour::yellow), result.warning));
        }
        if (!check.after.empty()) {
            (void)print_out(
                fmt::format("the daemon runs it only while check {} is good\n", check.after));
        }
    }

    const config::Config& config_;
    std::map<std::string, std::vector<std::string>> routers_;
    std::map<std::string, health::Verdict> verdicts_;  ///< of those that ran
};

}  // namespace

int probe(const CheckRequest& request, const std::string& name) {
    const config::Loaded loaded = config::load(request.config_path, request.audience);
    print_diagnostics(loaded.diagnostics);
    if (!loaded.config) {
        return failure;
    }
    const health::CheckConfig* const check = find(*loaded.config, name);
    if (check == nullptr) {
        print_error(no_such_check(*loaded.config, request.config_path, name));
        return failure;
    }
    switch (Trial(*loaded.config).run(*check)) {
        case health::Verdict::good: return 0;
        case health::Verdict::bad: return bad;
        case health::Verdict::unknown: break;
    }
    return failure;
}

}  // namespace cli
