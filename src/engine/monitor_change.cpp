// How a monitor goes on with other checks than it had.
#include "engine/monitor.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>
#include <variant>

namespace engine {

namespace {

/// What is used of a check without its probe: it need not begin anew for that.
health::CheckConfig without_judgement(health::CheckConfig check) {
    check.weight.reset();
    check.initially = health::Verdict::unknown;
    check.hold_good = vrrp::Duration(0);
    check.after.clear();
    return check;
}

/// A script is told which routers it is for.
bool tells_routers(const health::CheckConfig& check) {
    return std::holds_alternative<health::ScriptProbeConfig>(check.probe);
}

bool is_combination(const health::CheckConfig& check) {
    return std::holds_alternative<health::CombinationConfig>(check.probe);
}

vrrp::Duration offset_of(const health::Slot& slot) {
    return static_cast<int>(slot.index) * slot.width;
}

/// A slot within the span that is none of those taken: one as wide as those of the first checks, or
/// one in the middle between two, and so on.
health::Slot free_slot(std::vector<vrrp::Duration> taken, vrrp::Duration span, health::Slot slot) {
    constexpr vrrp::Duration narrowest = std::chrono::microseconds(1);
    for (vrrp::Duration& offset : taken) {
        offset %= span;
    }
    std::ranges::sort(taken);
    for (;; slot.width /= 2) {
        for (slot.index = 0; offset_of(slot) < span; ++slot.index) {
            if (!std::ranges::binary_search(taken, offset_of(slot)) || slot.width < narrowest) {
                return slot;
            }
        }
    }
}

}  // namespace

Monitor::Change::Change() = default;
Monitor::Change::Change(Change&&) noexcept = default;
Monitor::Change& Monitor::Change::operator=(Change&&) noexcept = default;
Monitor::Change::~Change() = default;

const health::Check& Monitor::Change::find(std::string_view name) const {
    const auto found = std::ranges::find_if(
        order_, [name](const Watch* watch) { return watch->check.config().name == name; });
    assert(found != order_.end());
    return (*found)->check;
}

std::expected<Monitor::Change, os::Error> Monitor::prepare(
    const std::vector<health::CheckConfig>& checks,
    std::map<std::string, std::vector<std::string>> routers) {
    Change change;
    change.routers_ = std::move(routers);
    for (const health::CheckConfig& check : checks) {
        Watch* const watch = find_watch(check.name);
        const auto prepared =
            watch == nullptr ? prepare_new(check, change) : prepare_change(*watch, check, change);
        if (!prepared) {
            return std::unexpected(prepared.error());
        }
    }
    return change;
}

std::expected<void, os::Error> Monitor::prepare_new(const health::CheckConfig& check,
                                                    Change& change) {
    std::vector<vrrp::Duration> taken;
    vrrp::Duration span = std::min<vrrp::Duration>(check.interval, std::chrono::seconds(1));
    for (const auto* const watches : {&watches_, &change.started_}) {
        for (const auto& watch : *watches) {
            taken.push_back(offset_of(watch->slot));
            span = std::min(span, watch->check.config().interval);
        }
    }
    const health::Slot slot = free_slot(std::move(taken), span, {0, slot_width_, origin_});
    auto watch = std::make_unique<Watch>(Watch{health::Check(check), slot, nullptr, os::Timer()});
    if (const auto created = create_timer(*watch); !created) {
        return created;
    }
    if (may_run(check) && !is_combination(check)) {
        auto probe = make_probe(*watch, check, change.routers_[check.name]);
        if (!probe) {
            return std::unexpected(probe.error());
        }
        watch->probe = std::move(*probe);
    }
    change.order_.push_back(watch.get());
    change.started_.push_back(std::move(watch));
    return {};
}

std::expected<void, os::Error> Monitor::prepare_change(Watch& watch,
                                                       const health::CheckConfig& check,
                                                       Change& change) {
    change.order_.push_back(&watch);
    const health::CheckConfig& before = watch.check.config();
    const bool has_other_routers =
        tells_routers(check) && routers_[check.name] != change.routers_[check.name];
    if (before == check && !has_other_routers) {
        return {};
    }
    if (before != check) {
        change.changed_.push_back(check.name);
    }
    Change::Adjustment adjustment{.watch = &watch, .config = check, .probe = nullptr};
    adjustment.was_waiting = !may_run(before);
    adjustment.restarts = without_judgement(before) != without_judgement(check) ||
                          has_other_routers || adjustment.was_waiting;
    if (adjustment.restarts && may_run(check) && !is_combination(check)) {
        auto probe = make_probe(watch, check, change.routers_[check.name]);
        if (!probe) {
            return std::unexpected(probe.error());
        }
        adjustment.probe = std::move(*probe);
    }
    change.adjusted_.push_back(std::move(adjustment));
    return {};
}

void Monitor::commit(Change change, vrrp::Instant now) {
    routers_ = std::move(change.routers_);
    std::vector<Watch*> started;
    for (auto& watch : change.started_) {
        started.push_back(watch.get());
        watches_.push_back(std::move(watch));
    }
    // What has no place in the new order ends with this function.
    std::vector<std::unique_ptr<Watch>> former = std::exchange(watches_, {});
    for (const Watch* const wanted : change.order_) {
        const auto found = std::ranges::find_if(
            former,
            [wanted](const std::unique_ptr<Watch>& watch) { return watch.get() == wanted; });
        watches_.push_back(std::move(*found));
    }
    for (Change::Adjustment& adjustment : change.adjusted_) {
        apply(adjustment, now);
    }
    for (Watch* const watch : started) {
        const std::string& leader = watch->check.config().after;
        if (!leader.empty() && (find(leader).verdict() != health::Verdict::good || !runs(*watch))) {
            follow(*watch, find(leader), now);
        } else {
            begin(*watch, now);
        }
    }
}

void Monitor::apply(Change::Adjustment& adjustment, vrrp::Instant now) {
    Watch& watch = *adjustment.watch;
    watch.check.reconfigure(std::move(adjustment.config), now);
    if (adjustment.restarts) {
        watch.probe = std::move(adjustment.probe);
    }
    const health::CheckConfig& config = watch.check.config();
    if (!config.after.empty() &&
        (find(config.after).verdict() != health::Verdict::good || !runs(watch))) {
        follow(watch, find(config.after), now);
    } else if (adjustment.was_waiting) {
        begin(watch, now);
    } else if (is_combination(config)) {
        take(watch, judge(std::get<health::CombinationConfig>(config.probe)), now);
    }
    arm(watch);
}

/// Whether there is something that will tell its results.
bool Monitor::runs(const Watch& watch) {
    return watch.probe != nullptr || is_combination(watch.check.config());
}

}  // namespace engine
