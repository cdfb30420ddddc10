#pragma once

#include "engine/monitor.hpp"

#include "catch2.hpp"
#include "health/check.hpp"
#include "health/probe.hpp"
#include "os/loop.hpp"

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using engine::Monitor;
using health::CheckConfig;
using health::CombinationConfig;
using health::ProbeResult;
using health::Verdict;
using namespace std::chrono_literals;

/// The probes of a monitor, played by the test: which run, and how they report.
class Theatre {
public:
    explicit Theatre(const std::vector<CheckConfig>& checks)
        : loop(require(os::Loop::create())),
          monitor(
              checks, {{"a", {"k8s-api"}}}, loop,
              [this](const CheckConfig& check, health::ProbeContext context) {
                  return play(check, std::move(context));
              },
              [this](const health::Check& check, vrrp::Instant /*now*/) {
                  changes += check.config().name + "=" +
                             std::string(health::to_text(check.verdict())) + " ";
              }) {}

    void report(const std::string& check, bool is_good) {
        report(check, {.is_good = is_good, .detail = "seen"});
    }
    void report(const std::string& check, const ProbeResult& result) {
        running.at(check)(result, loop.now());
    }

    /// Does these things one after the other, each in a turn of the loop of its own. Called once.
    void play_all(const std::vector<std::function<void()>>& steps) {
        std::size_t next = 0;
        os::Timer timer;
        timer = require(loop.timer(os::Urgency::clients, [&](vrrp::Instant now) {
            if (next == steps.size()) {
                loop.stop(0);
                return;
            }
            steps[next++]();
            timer.arm(now + 1ms);
        }));
        timer.arm(loop.now());
        REQUIRE(loop.run() == 0);
    }

    [[nodiscard]] Verdict verdict(const std::string& check) const {
        return monitor.find(check).verdict();
    }

    /// The changes since the last call, in their order.
    [[nodiscard]] std::string take_changes() { return std::exchange(changes, {}); }

    os::Loop loop;
    std::map<std::string, health::ReportResult> running;
    std::map<std::string, std::vector<std::string>> routers;
    std::map<std::string, health::Slot> slots;
    std::map<std::string, int> started;  ///< how often a probe of each check was
    std::string changes;
    bool is_broken = false;  ///< no probe can be started
    Monitor monitor;

private:
    class Player final : public health::Probe {
    public:
        Player(Theatre& theatre, std::string name, int number)
            : theatre_(theatre), name_(std::move(name)), number_(number) {}
        ~Player() override {
            if (theatre_.started[name_] == number_) {
                theatre_.running.erase(name_);
            }
        }

    private:
        Theatre& theatre_;
        std::string name_;
        int number_;
    };

    health::StartedProbe play(const CheckConfig& check, health::ProbeContext context) {
        if (is_broken) {
            return std::unexpected(os::Error{EMFILE, "start " + check.name});
        }
        // One that takes another's place begins before that ends.
        running.insert_or_assign(check.name, std::move(context.report));
        routers[check.name] = context.routers;
        slots[check.name] = context.slot;
        return std::make_unique<Player>(*this, check.name, ++started[check.name]);
    }

    template <class T>
    static T require(std::expected<T, os::Error> value) {
        REQUIRE(value);
        return std::move(*value);
    }
};

inline CheckConfig simple(const std::string& name, const std::string& after = "") {
    return {.name = name, .probe = health::FileProbeConfig{"/x"}, .after = after};
}

inline CheckConfig combined(const std::string& name, int needed, std::vector<std::string> members) {
    return {.name = name, .probe = CombinationConfig{std::move(members), needed}};
}
