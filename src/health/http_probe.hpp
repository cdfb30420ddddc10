#pragma once

#include "health/check_config.hpp"
#include "health/probe.hpp"

namespace health {

/// As start_probe(), for a check whose probe is `config`: a request from time to time, each on a
/// connection of its own.
[[nodiscard]] StartedProbe start_http_probe(const CheckConfig& check, const HttpProbeConfig& config,
                                            ProbeContext context);

}  // namespace health
