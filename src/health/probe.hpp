#pragma once

#include "health/check.hpp"
#include "health/check_config.hpp"
#include "os/error.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <expected>
#include <functional>
#include <memory>

namespace health {

using ReportResult = std::move_only_function<void(const ProbeResult& result, vrrp::Instant now)>;

/// Looks at a service from inside the daemon's loop without ever blocking it, from its creation
/// until it is destroyed. It reports from the loop only, never from start(), and may be destroyed
/// in the report.
class Probe {
public:
    Probe() = default;
    Probe(const Probe&) = delete;
    Probe& operator=(const Probe&) = delete;
    virtual ~Probe() = default;
};

/// Starts the probe of a check; its first report follows at once. `loop` outlives the probe.
[[nodiscard]] std::expected<std::unique_ptr<Probe>, os::Error> start_probe(
    const CheckConfig& config, os::Loop& loop, ReportResult report);

}  // namespace health
