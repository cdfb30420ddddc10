#pragma once

#include "health/check.hpp"
#include "health/check_config.hpp"
#include "health/schedule.hpp"
#include "os/error.hpp"
#include "os/launcher.hpp"
#include "os/loop.hpp"
#include "vrrp/time.hpp"

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace health {

using ReportResult = std::move_only_function<void(const ProbeResult& result, vrrp::Instant now)>;

/// Takes what a probe sees on its way to a result, one line each: for people who watch it.
using NoteStep = std::function<void(const std::string& step)>;

/// What a probe works with.
struct ProbeContext {
    os::Loop& loop;  ///< outlives the probe
    ReportResult report;
    Slot slot;                         ///< when the check's runs begin, among those of others
    std::vector<std::string> routers;  ///< names of those that use the check
    NoteStep note;                     ///< empty where nobody watches
    os::Launcher* launcher = nullptr;  ///< outlives the probe; none: one for the probe alone
};

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

using StartedProbe = std::expected<std::unique_ptr<Probe>, os::Error>;

/// Starts the probe of a check; its first report follows at once. Fails for a probe that needs more
/// than this folder knows of: the host's network, its routers, other checks.
[[nodiscard]] StartedProbe start_probe(const CheckConfig& config, ProbeContext context);

/// What a probe looks at, for people: "process nginx", "http https://127.0.0.1:6443/readyz".
[[nodiscard]] std::string describe(const ProbeConfig& config);

}  // namespace health
