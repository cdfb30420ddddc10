#pragma once

#include "health/check_config.hpp"
#include "health/probe.hpp"

namespace health {

/// The probe that sends echo requests from time to time, those of one run spread over the first
/// half of the check's time limit. What is not answered within nine tenths of the limit is lost;
/// once all are answered, the result follows at once.
[[nodiscard]] StartedProbe start_ping_probe(const CheckConfig& check, const PingProbeConfig& config,
                                            ProbeContext context);

}  // namespace health
