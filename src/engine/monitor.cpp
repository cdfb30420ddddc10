#include "engine/monitor.hpp"

#include "health/combination.hpp"
#include "os/log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <utility>
#include <variant>

namespace engine {

namespace {

/// Room for all checks in the shortest interval, so that none of them begin together, nor do those
/// of its multiples.
vrrp::Duration slot_width(const std::vector<health::CheckConfig>& checks) {
    vrrp::Duration shortest = std::chrono::seconds(1);
    for (const health::CheckConfig& check : checks) {
        shortest = std::min(shortest, check.interval);
    }
    return shortest / std::max<std::size_t>(checks.size(), 1);
}

const health::CombinationConfig* combination_of(const health::CheckConfig& check) {
    return std::get_if<health::CombinationConfig>(&check.probe);
}

bool has_member(const health::CombinationConfig& combination, const std::string& name) {
    return std::ranges::find(combination.members, name) != combination.members.end();
}

health::ProbeSuspended waiting_for(const health::Check& leader) {
    const bool is_waiting = leader.waits_for_failure();
    return {.reason = fmt::format(
                "waits for check {}, which {}", leader.config().name,
                is_waiting ? leader.detail() : fmt::format("is {}", to_text(leader.verdict()))),
            .is_for_failure = is_waiting || leader.verdict() == health::Verdict::bad};
}

}  // namespace

Monitor::Monitor(const std::vector<health::CheckConfig>& checks,
                 std::map<std::string, std::vector<std::string>> routers, os::Loop& loop,
                 StartProbe start_probe, OnChange on_change)
    : loop_(loop),
      launcher_(loop),
      routers_(std::move(routers)),
      start_probe_(std::move(start_probe)),
      on_change_(std::move(on_change)),
      slot_width_(slot_width(checks)),
      origin_(loop.now()) {
    for (const health::CheckConfig& check : checks) {
        const health::Slot slot{watches_.size(), slot_width_, origin_};
        watches_.push_back(
            std::make_unique<Watch>(Watch{health::Check(check), slot, nullptr, os::Timer()}));
    }
}

std::expected<void, os::Error> Monitor::start() {
    auto judge_timer =
        loop_.timer(os::Urgency::checks, [this](vrrp::Instant now) { judge_all(now); });
    if (!judge_timer) {
        return std::unexpected(judge_timer.error());
    }
    judge_timer_ = std::move(*judge_timer);
    for (const auto& watch : watches_) {
        if (const auto created = create_timer(*watch); !created) {
            return created;
        }
        const std::string& leader = watch->check.config().after;
        if (!may_run(watch->check.config())) {
            take(*watch, waiting_for(find(leader)), loop_.now());
        } else if (const auto started = start_probe(*watch); !started) {
            return started;
        }
    }
    return {};
}

std::expected<void, os::Error> Monitor::create_timer(Watch& watch) {
    auto timer = loop_.timer(os::Urgency::checks, [this, &watch](vrrp::Instant now) {
        take(watch, health::CheckTimeout{}, now);
    });
    if (!timer) {
        return std::unexpected(timer.error());
    }
    watch.timer = std::move(*timer);
    return {};
}

health::StartedProbe Monitor::make_probe(Watch& watch, const health::CheckConfig& config,
                                         const std::vector<std::string>& routers) {
    return start_probe_(config,
                        {.loop = loop_,
                         .report = [this, &watch](const health::ProbeResult& result,
                                                  vrrp::Instant now) { take(watch, result, now); },
                         .slot = watch.slot,
                         .routers = routers,
                         .note = {},
                         .launcher = &launcher_});
}

/// Lets a check run, from now on.
std::expected<void, os::Error> Monitor::start_probe(Watch& watch) {
    const health::CheckConfig& config = watch.check.config();
    if (combination_of(config) == nullptr) {
        auto probe = make_probe(watch, config, routers_[config.name]);
        if (!probe) {
            return std::unexpected(probe.error());
        }
        watch.probe = std::move(*probe);
    }
    begin(watch, loop_.now());
    return {};
}

/// The check runs from now on, and its probe is there.
void Monitor::begin(Watch& watch, vrrp::Instant now) {
    take(watch, health::ProbeStarted{}, now);
    if (const auto* const combination = combination_of(watch.check.config())) {
        take(watch, judge(*combination), now);
    }
}

/// Whether a check waits for no other that is not good.
bool Monitor::may_run(const health::CheckConfig& check) const {
    const Watch* const leader = find_watch(check.after);
    return check.after.empty() ||
           (leader != nullptr && leader->check.verdict() == health::Verdict::good);
}

Monitor::Watch* Monitor::find_watch(std::string_view name) const {
    const auto found = std::ranges::find_if(watches_, [name](const std::unique_ptr<Watch>& watch) {
        return watch->check.config().name == name;
    });
    return found != watches_.end() ? found->get() : nullptr;
}

const health::Check& Monitor::find(std::string_view name) const {
    const Watch* const watch = find_watch(name);
    assert(watch != nullptr);
    return watch->check;
}

std::vector<CheckSnapshot> Monitor::snapshot() const {
    std::vector<CheckSnapshot> snapshots;
    for (const auto& watch : watches_) {
        const health::Check& check = watch->check;
        CheckSnapshot snapshot{
            .name = check.config().name,
            .probe = health::describe(check.config().probe) +
                     (check.config().invert ? " (inverted)" : ""),
            .verdict = check.verdict(),
            .detail = check.detail(),
            .warning = check.warning(),
            .results = check.results(),
            .since = {},
        };
        if (check.since()) {
            snapshot.since = loop_.wall_time(*check.since());
        }
        snapshots.push_back(std::move(snapshot));
    }
    return snapshots;
}

void Monitor::take(Watch& watch, const health::CheckEvent& event, vrrp::Instant now) {
    const auto change = watch.check.handle(event, now);
    arm(watch);
    if (change) {
        tell(watch, *change, now);
    }
    // Once, also where results without a warning come in between.
    if (!watch.check.warning().empty() && watch.check.warning() != watch.told_warning) {
        watch.told_warning = watch.check.warning();
        os::log::write(os::log::Level::warning, "check warns",
                       {{"check", watch.check.config().name}, {"detail", watch.check.warning()}});
    }
    // Those that look at this check go by its verdict, or by what it waits for: another number is
    // the routers' business.
    if (change && (change->from != change->to || change->to == health::Verdict::unknown)) {
        take_change_of(watch.check, now);
    }
}

void Monitor::arm(Watch& watch) {
    if (const auto deadline = watch.check.deadline()) {
        watch.timer.arm(*deadline);
    } else {
        watch.timer.disarm();
    }
}

void Monitor::tell(const Watch& watch, health::CheckChanged change, vrrp::Instant now) {
    // The routers first: an address in the wrong place costs more than a late line.
    on_change_(watch.check, now);
    if (change.from == change.to || change.to == health::Verdict::unknown) {
        return;
    }
    const bool is_bad = change.to == health::Verdict::bad;
    os::log::write(is_bad ? os::log::Level::warning : os::log::Level::info,
                   is_bad ? "check failed" : "check passed",
                   {{"check", watch.check.config().name}, {"detail", watch.check.detail()}});
}

/// Lets those checks know that look at this one, or wait for it.
void Monitor::take_change_of(const health::Check& changed, vrrp::Instant now) {
    const std::string& name = changed.config().name;
    for (const auto& watch : watches_) {
        const health::CheckConfig& config = watch->check.config();
        if (config.after == name) {
            follow(*watch, changed, now);
        }
        const auto* const combination = combination_of(config);
        if (combination != nullptr && has_member(*combination, name)) {
            watch->awaits_judgement = true;
            judge_timer_.arm(now);
        }
    }
}

/// Judges the checks of checks anew once all that happened at one instant has been told: of two
/// members that change places one is told first, and for that moment none would be good. Each comes
/// after those that it names.
void Monitor::judge_all(vrrp::Instant now) {
    for (const auto& watch : watches_) {
        const health::CheckConfig& config = watch->check.config();
        const bool is_waiting =
            !config.after.empty() && find(config.after).verdict() != health::Verdict::good;
        const auto* const combination = combination_of(config);
        // A reload may have made another kind of check of one that awaited it.
        if (std::exchange(watch->awaits_judgement, false) && combination != nullptr &&
            !is_waiting) {
            take(*watch, judge(*combination), now);
        }
    }
}

/// A check that waits for another begins when that is good, and ends when it is not.
void Monitor::follow(Watch& watch, const health::Check& leader, vrrp::Instant now) {
    if (leader.verdict() != health::Verdict::good) {
        watch.probe.reset();
        take(watch, waiting_for(leader), now);
    } else if (const auto started = start_probe(watch); !started) {
        take(watch, health::ProbeResult{.is_good = false, .detail = started.error().message()},
             now);
    }
}

health::CheckEvent Monitor::judge(const health::CombinationConfig& combination) const {
    std::vector<health::MemberState> members;
    for (const std::string& name : combination.members) {
        const health::Check& member = find(name);
        members.push_back(
            {name, member.waits_for_failure() ? health::Verdict::bad : member.verdict()});
    }
    const auto result = health::combine(combination.needed, members);
    return result ? health::CheckEvent(*result)
                  : health::CheckEvent(health::ProbeSuspended{"its checks don't decide it yet"});
}

}  // namespace engine
