#pragma once

#include "engine/snapshot.hpp"
#include "health/check.hpp"
#include "health/probe.hpp"
#include "os/error.hpp"
#include "os/launcher.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

/// All health checks of this host, each run once however many routers ask for it. Pinned.
class Monitor {
    struct Watch;

public:
    using OnChange = std::move_only_function<void(const health::Check& check, vrrp::Instant now)>;
    using StartProbe = std::move_only_function<health::StartedProbe(
        const health::CheckConfig& check, health::ProbeContext context)>;

    /// `checks` are in an order in which each comes after those that it refers to. `routers` are
    /// the names of those that use a check, by its name. `loop` outlives the monitor.
    Monitor(const std::vector<health::CheckConfig>& checks,
            std::map<std::string, std::vector<std::string>> routers, os::Loop& loop,
            StartProbe start_probe, OnChange on_change);
    Monitor(const Monitor&) = delete;
    Monitor& operator=(const Monitor&) = delete;

    /// Starts all probes that wait for no other check; their first results follow from the loop.
    [[nodiscard]] std::expected<void, os::Error> start();

    /// What it takes to go on with other checks: acquired, and nothing done yet. Its checks are
    /// where they will be; destroyed without commit() nothing has happened.
    class Change {
    public:
        Change(Change&&) noexcept;
        Change& operator=(Change&&) noexcept;
        ~Change();

        /// The check of that name as it will be, at its place for good.
        [[nodiscard]] const health::Check& find(std::string_view name) const;

        /// The names of those that change.
        [[nodiscard]] const std::vector<std::string>& changed() const { return changed_; }

    private:
        friend class Monitor;
        struct Adjustment {
            Watch* watch;
            health::CheckConfig config;
            bool was_waiting = false;              ///< for another check
            bool restarts = false;                 ///< with the probe, where there is one to run
            std::unique_ptr<health::Probe> probe;  ///< instead of the one that runs
        };

        Change();

        std::map<std::string, std::vector<std::string>> routers_;
        std::vector<Watch*> order_;  ///< of the wanted file: old ones and new
        std::vector<std::unique_ptr<Watch>> started_;
        std::vector<Adjustment> adjusted_;
        std::vector<std::string> changed_;
    };

    /// Acquires what these checks need, which are in such an order as those of the constructor.
    [[nodiscard]] std::expected<Change, os::Error> prepare(
        const std::vector<health::CheckConfig>& checks,
        std::map<std::string, std::vector<std::string>> routers);

    /// Goes on with other checks: those that don't differ aren't touched, one that does keeps its
    /// verdict until its first result, and those that are no more are gone, also for who used them.
    void commit(Change change, vrrp::Instant now);

    /// The check of that name, which the configuration promises to be there.
    [[nodiscard]] const health::Check& find(std::string_view name) const;

    [[nodiscard]] std::vector<CheckSnapshot> snapshot() const;

private:
    struct Watch {
        health::Check check;
        health::Slot slot;
        std::unique_ptr<health::Probe> probe;
        os::Timer timer;
        bool awaits_judgement = false;  ///< a check of checks, one of which has changed
        std::string told_warning;       ///< the last one that stands in the log
    };

    [[nodiscard]] std::expected<void, os::Error> create_timer(Watch& watch);
    [[nodiscard]] health::StartedProbe make_probe(Watch& watch, const health::CheckConfig& config,
                                                  const std::vector<std::string>& routers);
    [[nodiscard]] std::expected<void, os::Error> start_probe(Watch& watch);
    [[nodiscard]] std::expected<void, os::Error> prepare_new(const health::CheckConfig& check,
                                                             Change& change);
    [[nodiscard]] std::expected<void, os::Error> prepare_change(Watch& watch,
                                                                const health::CheckConfig& check,
                                                                Change& change);
    [[nodiscard]] bool may_run(const health::CheckConfig& check) const;
    [[nodiscard]] Watch* find_watch(std::string_view name) const;
    [[nodiscard]] static bool runs(const Watch& watch);
    void apply(Change::Adjustment& adjustment, vrrp::Instant now);
    void begin(Watch& watch, vrrp::Instant now);
    void arm(Watch& watch);
    void take(Watch& watch, const health::CheckEvent& event, vrrp::Instant now);
    void tell(const Watch& watch, health::CheckChanged change, vrrp::Instant now);
    void take_change_of(const health::Check& changed, vrrp::Instant now);
    void follow(Watch& watch, const health::Check& leader, vrrp::Instant now);
    void judge_all(vrrp::Instant now);
    [[nodiscard]] health::CheckEvent judge(const health::CombinationConfig& combination) const;

    os::Loop& loop_;
    os::Launcher launcher_;  ///< outlives the probes
    std::map<std::string, std::vector<std::string>> routers_;
    StartProbe start_probe_;
    OnChange on_change_;
    std::vector<std::unique_ptr<Watch>> watches_;
    vrrp::Duration slot_width_;
    vrrp::Instant origin_;  ///< of the slots
    os::Timer judge_timer_;
};

}  // namespace engine
