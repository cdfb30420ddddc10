#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catch2.hpp"
#include "health/probe.hpp"
#include "os/loop.hpp"

namespace health_test {

/// A loop with a probe in it. It turns until the test says done(), or has waited for too long.
class Stage {
public:
    Stage() : loop(require(os::Loop::create())) {}

    /// Starts the probe; `on_result` is called after each result.
    void start(const health::CheckConfig& check, std::function<void()> on_result) {
        auto report = [this, on_result = std::move(on_result)](const health::ProbeResult& result,
                                                               vrrp::Instant /*now*/) {
            results.push_back(result);
            on_result();
        };
        probe = require(health::start_probe(
            check, {.loop = loop,
                    .report = std::move(report),
                    .slot = {},
                    .routers = {"k8s-api"},
                    .note = [this](const std::string& step) { steps.push_back(step); }}));
        REQUIRE(results.empty());
    }

    /// Calls back once, after some time of the loop.
    void after(vrrp::Duration delay, std::function<void()> action) {
        timers.push_back(
            require(loop.timer(os::Urgency::clients,
                               [action = std::move(action)](vrrp::Instant /*now*/) { action(); })));
        timers.back().arm(loop.now() + delay);
    }

    /// Calls back once that is so, which is looked at each 5 ms.
    void when(std::function<bool()> condition, std::function<void()> action) {
        after(std::chrono::milliseconds(5), [=, this] {
            if (condition()) {
                action();
            } else {
                when(condition, action);
            }
        });
    }

    /// Calls back while the descriptor is readable.
    [[nodiscard]] os::Source watch(int fd, std::function<void()> action) {
        return require(
            loop.watch(fd, EPOLLIN, os::Urgency::clients,
                       [action = std::move(action)](std::uint32_t /*events*/,
                                                    vrrp::Instant /*now*/) { action(); }));
    }

    void done() { loop.stop(0); }

    /// Turns the loop; whether the test was done() in good time.
    [[nodiscard]] bool run() {
        after(std::chrono::seconds(30), [this] { loop.stop(1); });
        return loop.run() == 0;
    }

    [[nodiscard]] const health::ProbeResult& last() const { return results.back(); }

    os::Loop loop;
    std::vector<health::ProbeResult> results;
    std::vector<std::string> steps;  ///< what the probe noted
    std::deque<os::Timer> timers;
    std::unique_ptr<health::Probe> probe;

private:
    template <typename T>
    static T require(std::expected<T, os::Error> value) {
        REQUIRE(value);
        return std::move(*value);
    }
};

}  // namespace health_test
