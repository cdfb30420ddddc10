#pragma once

#include "health/check_config.hpp"
#include "health/probe.hpp"

namespace health {

/// The probe that asks a name server from time to time. What comes from elsewhere, or belongs to
/// another question, is no answer.
[[nodiscard]] StartedProbe start_dns_probe(const CheckConfig& check, const DnsProbeConfig& config,
                                           ProbeContext context);

}  // namespace health
