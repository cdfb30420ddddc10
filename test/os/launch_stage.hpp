#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catch2.hpp"
#include "os/launcher.hpp"
#include "os/loop.hpp"

namespace os_test {

/// A loop with a launcher in it, and what it tells. A loop runs but once, so it has a thread of its
/// own, which rests wherever the test goes on: only one of the two does something at a time.
class LaunchStage {
public:
    LaunchStage() : loop(require(os::Loop::create())), launcher(std::in_place, loop) {}
    LaunchStage(const LaunchStage&) = delete;
    LaunchStage& operator=(const LaunchStage&) = delete;
    ~LaunchStage() {
        if (thread_.joinable()) {
            loop.stop(0);
            go_.release();
            thread_.join();
        }
    }

    [[nodiscard]] static os::Command command(std::vector<std::string> arguments,
                                             std::vector<std::string> users = {}) {
        return {.arguments = std::move(arguments),
                .environment = {"PATH=/usr/bin:/bin"},
                .users = std::move(users),
                .group = {}};
    }

    /// Launches a program; the loop ends with its end.
    [[nodiscard]] os::Run launch(const os::Command& command) {
        return require(launcher->launch(
            command,
            [this](const os::RunResult& result, vrrp::Instant /*now*/) {
                ends.push_back(result);
                rest();
            },
            [this](const std::string& output, vrrp::Instant /*now*/) {
                killed.push_back(output);
            }));
    }

    /// Runs a program to its end.
    [[nodiscard]] os::RunResult run(const os::Command& command) {
        const os::Run run = launch(command);
        REQUIRE(turn());
        return ends.back();
    }

    /// Calls back once that is so, which is looked at each 5 ms.
    void when(std::function<bool()> condition, std::function<void()> action) {
        timers.push_back(require(loop.timer(os::Urgency::clients, [=, this](vrrp::Instant) {
            if (condition()) {
                action();
            } else {
                when(condition, action);
            }
        })));
        timers.back().arm(loop.now() + std::chrono::milliseconds(5));
    }

    /// To be called in the loop: the test goes on.
    void rest(bool is_good = true) {
        is_good_ = is_good;
        resting_.release();
        go_.acquire();
    }

    /// Turns the loop until it rests; whether that was in good time.
    [[nodiscard]] bool turn() {
        auto guard = require(
            loop.timer(os::Urgency::clients, [this](vrrp::Instant /*now*/) { rest(false); }));
        guard.arm(loop.now() + std::chrono::seconds(20));
        if (thread_.joinable()) {
            go_.release();
        } else {
            thread_ = std::thread([this] { (void)loop.run(); });
        }
        resting_.acquire();
        return is_good_;
    }

    /// Turns the loop until that is so.
    void wait_until(std::function<bool()> condition) {
        when(std::move(condition), [this] { rest(); });
        REQUIRE(turn());
    }

    os::Loop loop;
    std::optional<os::Launcher> launcher;
    std::vector<os::RunResult> ends;
    std::vector<std::string> killed;
    std::vector<os::Timer> timers;

private:
    std::thread thread_;
    std::binary_semaphore go_{0};
    std::binary_semaphore resting_{0};
    bool is_good_ = false;

    template <typename T>
    static T require(std::expected<T, os::Error> value) {
        REQUIRE(value);
        return std::move(*value);
    }
};

}  // namespace os_test
