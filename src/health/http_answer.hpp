#pragma once

#include "health/check.hpp"
#include "health/expression.hpp"
#include "health/probe_config.hpp"

#include <string>

namespace health {

/// What a web server answered.
struct HttpAnswer {
    int status = 0;
    bool is_http2 = false;
    std::string body;     ///< its beginning, where it is longer than what was read
    bool is_cut = false;  ///< it is
};

/// Whether the answer is what the file expects. `body_matches` is the config's expression; nullptr:
/// it has none.
[[nodiscard]] ProbeResult judge(const HttpAnswer& answer, const HttpProbeConfig& config,
                                const Expression* body_matches);

}  // namespace health
