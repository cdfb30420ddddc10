#pragma once

#include "engine/snapshot.hpp"
#include "health/check.hpp"
#include "health/probe.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <expected>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace engine {

/// All health checks of this host, each run once however many routers ask for it. Pinned.
class Monitor {
public:
    using OnVerdict = std::move_only_function<void(const health::Check& check, vrrp::Instant now)>;

    /// `loop` outlives the monitor.
    Monitor(const std::vector<health::CheckConfig>& checks, os::Loop& loop, OnVerdict on_verdict);
    Monitor(const Monitor&) = delete;
    Monitor& operator=(const Monitor&) = delete;

    /// Starts all probes; their first results follow from the loop.
    [[nodiscard]] std::expected<void, os::Error> start();

    /// The check of that name, which the configuration promises to be there.
    [[nodiscard]] const health::Check& find(std::string_view name) const;

    [[nodiscard]] std::vector<CheckSnapshot> snapshot() const;

private:
    struct Watch {
        health::Check check;
        std::unique_ptr<health::Probe> probe;
    };

    void take_result(Watch& watch, const health::ProbeResult& result, vrrp::Instant now);

    os::Loop& loop_;
    OnVerdict on_verdict_;
    std::vector<std::unique_ptr<Watch>> watches_;
};

}  // namespace engine
