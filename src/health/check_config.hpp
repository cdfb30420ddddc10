#pragma once

#include "vrrp/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace health {

/// Is a process of this name alive? Its death is noticed at the instant, its return within 100 ms.
struct ProcessProbeConfig {
    std::string name;  ///< as in /proc/PID/comm, or the base name of the executable; not empty
    int min = 1;       ///< how many must live, at least 1

    friend bool operator==(const ProcessProbeConfig&, const ProcessProbeConfig&) = default;
};

/// Does this program end with exit status 0?
struct ScriptProbeConfig {
    std::vector<std::string> command;  ///< the program's absolute path and its arguments
    vrrp::Duration interval = std::chrono::seconds(1);  ///< from start to start, above 0
    vrrp::Duration timeout = std::chrono::seconds(1);   ///< then its process group is killed
    std::string user;  ///< empty: "understudy" if that user exists, else "nobody"

    friend bool operator==(const ScriptProbeConfig&, const ScriptProbeConfig&) = default;
};

using ProbeConfig = std::variant<ProcessProbeConfig, ScriptProbeConfig>;

/// One health check: a probe, and how its results become a verdict.
struct CheckConfig {
    std::string name;
    ProbeConfig probe;
    int rise = 1;               ///< good results in a row that turn bad into good, at least 1
    int fall = 1;               ///< bad results in a row that turn good into bad, at least 1
    std::optional<int> weight;  ///< -253 to 253: moves the priority; without one it is fatal

    friend bool operator==(const CheckConfig&, const CheckConfig&) = default;
};

}  // namespace health
