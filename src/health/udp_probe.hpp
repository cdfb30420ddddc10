#pragma once

#include "health/check_config.hpp"
#include "health/probe.hpp"

namespace health {

/// The probe that sends a datagram from time to time. What it expects must come within the check's
/// time limit. Where it expects nothing, any answer is good, and so is silence for a half of the
/// limit: only an error by ICMP is bad, as of a port at which nobody listens.
[[nodiscard]] StartedProbe start_udp_probe(const CheckConfig& check, const UdpProbeConfig& config,
                                           ProbeContext context);

}  // namespace health
