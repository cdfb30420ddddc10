#include "engine/monitor.hpp"

#include "os/log.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace engine {

namespace {

std::string describe(const health::ProcessProbeConfig& probe) {
    return "process " + probe.name;
}

std::string describe(const health::ScriptProbeConfig& probe) {
    return fmt::format("script {}", fmt::join(probe.command, " "));
}

}  // namespace

Monitor::Monitor(const std::vector<health::CheckConfig>& checks, os::Loop& loop,
                 OnVerdict on_verdict)
    : loop_(loop), on_verdict_(std::move(on_verdict)) {
    for (const health::CheckConfig& check : checks) {
        watches_.push_back(std::make_unique<Watch>(Watch{health::Check(check), nullptr}));
    }
}

std::expected<void, os::Error> Monitor::start() {
    for (const auto& watch : watches_) {
        auto probe = health::start_probe(
            watch->check.config(), loop_,
            [this, &watch = *watch](const health::ProbeResult& result, vrrp::Instant now) {
                take_result(watch, result, now);
            });
        if (!probe) {
            return std::unexpected(probe.error());
        }
        watch->probe = std::move(*probe);
    }
    return {};
}

const health::Check& Monitor::find(std::string_view name) const {
    const auto found = std::ranges::find_if(watches_, [name](const std::unique_ptr<Watch>& watch) {
        return watch->check.config().name == name;
    });
    assert(found != watches_.end());
    return (*found)->check;
}

std::vector<CheckSnapshot> Monitor::snapshot() const {
    std::vector<CheckSnapshot> snapshots;
    for (const auto& watch : watches_) {
        const health::Check& check = watch->check;
        CheckSnapshot snapshot{
            .name = check.config().name,
            .probe =
                std::visit([](const auto& probe) { return describe(probe); }, check.config().probe),
            .verdict = check.verdict(),
            .detail = check.detail(),
            .since = {},
        };
        if (check.since()) {
            snapshot.since = loop_.wall_time(*check.since());
        }
        snapshots.push_back(std::move(snapshot));
    }
    return snapshots;
}

void Monitor::take_result(Watch& watch, const health::ProbeResult& result, vrrp::Instant now) {
    const auto change = watch.check.handle(result, now);
    if (!change) {
        return;
    }
    // The routers first: an address in the wrong place costs more than a late line.
    on_verdict_(watch.check, now);
    const bool is_bad = change->to == health::Verdict::bad;
    os::log::write(is_bad ? os::log::Level::warning : os::log::Level::info,
                   is_bad ? "check failed" : "check passed",
                   {{"check", watch.check.config().name}, {"detail", result.detail}});
}

}  // namespace engine
